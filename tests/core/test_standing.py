import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.segment import segment
from service.core.standing import Standing, standing


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("The mayor resigned on Monday.", "alone"),
        ("This week the mayor resigned over the bribes.", "alone"),
        ("It is unclear whether the mayor will return.", "alone"),
        ("As rain fell, crews dug for survivors.", "alone"),
        ("The company behind the ferry has apologised.", "alone"),
        ("“We had no warning,” Captain Ivan Petrov said.", "alone"),
        ("He denied the charges.", "leaning"),
        ("He's been charged with fraud.", "leaning"),
        ("“He was a hero to us all,” the mayor said.", "leaning"),
        ("Its head refused to comment.", "leaning"),
        ("But the mayor denied it.", "leaning"),
        ("However, the mayor denied it.", "leaning"),
        ("As a result, the port was closed.", "leaning"),
        ("Following the meeting, ministers left for Rome.", "leaning"),
        ("The company said the ferry was safe.", "leaning"),
        ("“We had no warning,” he said.", "leaning"),
        ("In both cases the driver was drunk.", "leaning"),
        ("Last week he resigned over the bribes.", "leaning"),
        ("On Saturday, she left for Rome.", "leaning"),
        ("Police said he was drunk.", "leaning"),
        ("In a speech the mayor said he was tired.", "alone"),
        ("After Ruiz resigned, she left for Rome.", "alone"),
        ("I was on the bridge when it fell.", "leaning"),
        ("We’ve waited for years.", "leaning"),
        ("“I was on the bridge when it fell,” Ruiz said.", "alone"),
        ("“The sea took all we had.”", "leaning"),
        ('"Nobody came to help us."', "leaning"),
        ("“Nobody came,” Ruiz said, “and the sea took all.”", "alone"),
        ("Analysts had on average expected 455 million pounds.", "leaning"),
        ("Economists polled by the bank had forecast a rise of 2 percent.", "leaning"),
        ("The hazard ratio for short naps was 0.77.", "leaning"),
        ("Analysts expect a rise of 2 percent.", "alone"),
        ("Why did the ferry sink so fast?", "broken"),
        ("No comment.", "broken"),
        ("Ivan Petrov, in prison since his conviction in 2012.", "broken"),
        ("Ivan Petrov, in prison since 2012, has appealed.", "alone"),
        ("Ivan Petrov, a former captain, lost the case.", "alone"),
        ("Ivan Petrov, a former captain, won’t return.", "alone"),
        ("The difference is that Captain Petrov has...", "broken"),
        ("The difference is that Captain Petrov has …", "broken"),
        ("The ferry sank in a storm off Varna. …", "alone"),
        ("Q: When did the ferry leave the harbour?", "broken"),
        ("A: The ferry left the harbour at dawn.", "broken"),
        ("A ferry left the harbour at dawn.", "alone"),
        ("A. Petrov left the harbour at dawn.", "alone"),
        ("Well, the ferry was late.", "broken"),
        ("No, the harbour was closed by then.", "broken"),
        ("No ferry left the harbour on Monday.", "alone"),
        ("Wells, the captain, left the harbour.", "alone"),
        ("“Yes, the ferry was late,” Captain Ivan Petrov said.", "alone"),
        ("The ferry hit the pier at noon (see video below).", "broken"),
        ("Ivan Petrov (pictured left) was the captain.", "broken"),
        ("The ferry hit the pier (the northern one) at noon.", "alone"),
        ("and the ferry sank in the storm.", "broken"),
        ("The ferry, which sank in the storm", "broken"),
        ("“We had no warning at all.", "broken"),
        ('We had no warning at all," Petrov said.', "broken"),
    ],
)
def test_standing_knows_how_a_sentence_stands(text, stands):
    [sentence] = segment(text).sentences

    assert standing(sentence) == stands


@given(st.text(max_size=80))
def test_standing_takes_any_text(text):
    for sentence in segment(text).sentences:
        assert standing(sentence) in Standing
