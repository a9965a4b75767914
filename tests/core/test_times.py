import pytest

from service.core.times import read_time


@pytest.mark.parametrize(
    ("one", "other", "before"),
    [
        pytest.param("2024-05-02", "2024-05-03", True, id="days"),
        pytest.param("2024-05-02", "2024-05-02", False, id="one day"),
        pytest.param("2024-05-02", "2024-05-02T23:00:00Z", False, id="a day and an hour of it"),
        pytest.param("2024-05-02T23:00:00Z", "2024-05-03", True, id="an hour and the next day"),
        pytest.param("2024-05-02T09:00+02:00", "2024-05-02T08:00:00Z", True, id="zones"),
        pytest.param("2024-05-02T08:00:00", "2024-05-02T08:00:00Z", False, id="one moment"),
    ],
)
def test_before_says_what_was_over_when_the_other_began(one, other, before):
    assert read_time(one).before(read_time(other)) is before


@pytest.mark.parametrize("published", [None, "", "yesterday", "2024-13-01", "2024-05-02T99:00:00Z"])
def test_read_time_knows_nothing_of_what_is_no_date(published):
    assert read_time(published) is None
