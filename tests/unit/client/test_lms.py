"""What a launch page tells a platform, held to SCORM's formats without a browser."""

import re

import pytest

from tests.unit.client.node import js

LMS = "const { Lms, duration } = await import('./lms.js');"


@pytest.mark.parametrize(
    ("seconds", "old", "new"),
    [
        (0, "0000:00:00.00", "PT0H0M0S"),
        (3.456, "0000:00:03.46", "PT0H0M3.46S"),
        (59.999, "0000:01:00.00", "PT0H1M0S"),
        (3725.5, "0001:02:05.50", "PT1H2M5.5S"),
    ],
)
def test_a_span_of_time_is_written_as_each_version_wants_it(seconds, old, new):
    said = js(
        f"{LMS} return [duration(given, '1.2'), duration(given, '2004')];",
        seconds,
    )
    assert said == [old, new]
    assert re.fullmatch(r"\d{2,4}:\d\d:\d\d(\.\d{1,2})?", said[0])  # SCORM 1.2's CMITimespan


def test_the_nearest_api_of_the_wanted_version_is_found():
    found = js(
        f"""{LMS}
        const closed = new Proxy({{}}, {{ get() {{ throw new Error('another origin'); }} }});
        const top = {{ API: 'old', API_1484_11: 'far' }}; top.parent = top;
        const middle = {{ API_1484_11: 'near', parent: top }};
        const here = {{ parent: middle }};
        const opened = {{ opener: {{ parent: top }} }}; opened.parent = opened;
        const lonely = {{}}; lonely.parent = lonely;
        const strange = {{ opener: closed, parent: closed }};
        return [[here, '2004'], [here, '1.2'], [opened, '1.2'], [lonely, '2004'], [strange, '1.2'],
                [{{ parent: {{ API: 'only' }} }}, '2004']]
          .map(([window, version]) => Lms.find(window, version))
          .map((lms) => lms && [lms.version, lms.api]);"""
    )
    assert found == [
        ["2004", "near"],
        ["1.2", "old"],
        ["1.2", "old"],
        None,
        None,
        ["1.2", "only"],
    ]


def test_what_a_platform_refuses_is_kept_as_a_reason_and_thrown_nowhere():
    reasons = js(
        f"""{LMS}
        const answers = {{ LMSSetValue: 'false', LMSCommit: 'true', LMSGetLastError: '405' }};
        const api = {{
          LMSSetValue: () => 'false', LMSCommit: () => 'true', LMSGetLastError: () => '405',
          LMSGetErrorString: (code) => `error ${{code}}`,
          LMSGetValue: () => {{ throw new Error('gone'); }},
        }};
        const lms = new Lms('1.2', api);
        const said = [lms.set('cmi.core.exit', 'now'), lms.trouble, lms.get('cmi.core.exit')];
        return [...said, lms.commit(), lms.trouble, lms.begin(), lms.trouble !== ''];"""
    )
    assert reasons == [False, "error 405", "", True, "", False, True]
