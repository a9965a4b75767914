import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.digest import Article, digest
from service.core.language import detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param("The council closed the old bridge on Monday.", "en", id="English"),
        pytest.param("THE COUNCIL CLOSED THE OLD BRIDGE ON MONDAY.", "en", id="capitals"),
        pytest.param("Der Stadtrat hat die alte Brücke am Montag gesperrt.", "de", id="German"),
        pytest.param("Le conseil a fermé lundi le vieux pont de la ville.", "fr", id="French"),
        pytest.param("El consejo cerró el lunes el viejo puente.", "es", id="Spanish"),
        pytest.param("O conselho fechou na segunda-feira a velha ponte.", "pt", id="Portuguese"),
        pytest.param("Городской совет закрыл старый мост в понедельник.", "ru", id="Russian"),
        pytest.param("أغلق المجلس الجسر القديم يوم الاثنين.", "ar", id="Arabic"),
        pytest.param("市議会は月曜日に古い橋を閉鎖した。", "ja", id="Japanese"),
        pytest.param("市议会星期一关闭了旧桥。", "zh", id="Chinese"),
    ],
)
def test_detect_names_the_language_of_one_sentence(text, language):
    assert detect(text) == language


@pytest.mark.parametrize("text", ["", " \n", "94", "Trump", "$3.2bn", "????", "😀", "\ud800"])
def test_detect_says_nothing_where_it_cannot_tell(text):
    assert detect(text) is None


@given(st.text(alphabet=st.characters(), max_size=300))
def test_detect_gives_a_code_of_two_letters_or_none(text):
    language = detect(text)

    assert language is None or (len(language) == 2 and language.islower())


def test_digest_warns_of_another_language_and_still_gives_summary_and_figures():
    text = "Der Stadtrat hat die alte Brücke gesperrt. Die Reparatur kostet 3,2 Millionen Euro."

    found = digest([Article("a1", text)])

    [note] = found.articles
    assert note.language == "de"
    assert "'de'" in note.warnings[0]
    assert found.summary is not None
    assert found.summary.sentences
    assert found.figures
