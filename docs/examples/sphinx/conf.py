"""A Sphinx project whose pages hold games."""

project = "A course with a game in it"
html_theme = "basic"
html_js_files = [("https://neuronauts.example/embed.js", {"async": "async"})]
