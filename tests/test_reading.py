import json

from evaluation.reading import judge


def test_judge_counts_for_each_peer_what_readers_preferred(tmp_path):
    key, answers = tmp_path / "key.json", tmp_path / "answers.txt"
    key.write_text(
        json.dumps(
            {
                "1": {"cluster": "x", "A": "auto", "B": "lead"},
                "2": {"cluster": "y", "A": "lead", "B": "auto"},
                "3": {"cluster": "z", "A": "lexrank", "B": "auto"},
            }
        )
    )
    answers.write_text("1 A it opens with the news\n2. a\n3: =\nno answer\n")

    assert judge(answers, key) == {
        ("lead", "preferred"): 1,
        ("lead", "lost"): 1,
        ("lexrank", "equal"): 1,
    }
