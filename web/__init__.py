"""The site: the host that runs games in the browser, and the builder that makes the pages."""
