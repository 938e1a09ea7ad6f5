"""Bytes become the text that was meant, whatever they are said to be."""

from __future__ import annotations

import gzip
import io
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.capture.decode import text_of
from broadsheet.errors import ContentError

PAGE = """\
<!doctype html><html><head>{meta}<title>News</title><style>.nav a {{ color: #333 }}</style>
<script>var nav = document.getElementById("nav"); if (nav) {{ nav.className = "open" }}</script></head>
<body><div class="nav"><a href="/">Home</a> <a href="/news">News</a></div><article><p>{text}</p></article>
<footer>Example 2026</footer></body></html>
"""

TEXTS = {
    "fr": (
        "La bibliothèque de la vieille ville rouvre lundi après un été de travaux. Les élèves y trouveront une salle "
        "plus claire, et les aînés un café à côté de l'entrée. « C'était nécessaire », déclare la maire adjointe. Le "
        "bâtiment a coûté près de deux millions d'euros, payés à moitié par la région."
    ),
    "de": (
        "Die Bücherei am alten Markt öffnet nach dem Umbau wieder. Für Schüler gibt es größere Tische, für die "
        "Älteren eine Bank vor der Tür. Das hätten wir früher tun müssen, sagt der Bürgermeister und lächelt."
    ),
    "pl": (
        "Biblioteka przy starym rynku zostanie ponownie otwarta w poniedziałek. Dzieci będą miały jaśniejszą salę, a "
        "starsi mieszkańcy kącik z kawą. Należało to zrobić wcześniej, mówi burmistrz, który liczy na tysiąc "
        "wypożyczeń miesięcznie. Połowę kosztów pokryje województwo, resztę gmina i życzliwi sąsiedzi."
    ),
    "tr": (
        "Eski çarşıdaki kütüphane uzun bir onarımdan sonra pazartesi günü yeniden açılıyor. Çocuklar için daha "
        "aydınlık bir salon, yaşlılar için girişte küçük bir kahve köşesi olacak. Masrafın yarısını il karşılıyor."
    ),
    "lt": (
        "Senamiesčio biblioteka pirmadienį vėl atveria duris po ilgo remonto. Vaikams bus šviesesnė salė, o "
        "vyresniems kampelis su kava prie įėjimo. Pusę išlaidų padengs apskritis, kitą miestas."
    ),
    "ru": (
        "Библиотека на старой площади снова откроется в понедельник после долгого ремонта. Для детей подготовили "
        "светлый зал, а для пожилых читателей поставили столик с чаем у входа. Это надо было сделать раньше, сказал "
        "мэр и добавил, что половину расходов оплатит область."
    ),
    "uk": (
        "Бібліотека на старій площі знову відкриється в понеділок після довгого ремонту. Для дітей підготували "
        "світлу залу, а для літніх читачів поставили столик із чаєм біля входу. Решту зберуть мешканці."
    ),
    "el": (
        "Η βιβλιοθήκη της παλιάς πλατείας ανοίγει ξανά τη Δευτέρα μετά από πολλούς μήνες έργων. Τα παιδιά θα βρουν "
        "μια φωτεινή αίθουσα και οι μεγαλύτεροι μια γωνιά για καφέ δίπλα στην είσοδο."
    ),
    "he": (
        "הספרייה בכיכר הישנה תיפתח מחדש ביום שני לאחר שיפוץ ארוך. לילדים יש אולם מואר יותר, ולמבוגרים פינת קפה ליד "
        "הכניסה. ראש העיר אמר שהיה צריך לעשות זאת קודם וכי המחוז ישלם מחצית מן ההוצאות."
    ),
    "ar": (
        "تفتح المكتبة في الساحة القديمة أبوابها من جديد يوم الاثنين بعد ترميم طويل. سيجد الأطفال قاعة أكثر إضاءة، "
        "وسيجد الكبار ركنا للقهوة قرب المدخل. وقال رئيس البلدية إن ذلك كان يجب أن يحدث من قبل."
    ),
    "th": ("ห้องสมุดที่จัตุรัสเก่าจะเปิดอีกครั้งในวันจันทร์หลังจากซ่อมแซมมานาน เด็ก ๆ จะมีห้องที่สว่างขึ้น และผู้สูงอายุจะมีมุมกาแฟใกล้ทางเข้า"),
    "zh": (
        "老城广场的图书馆经过长时间的修缮，将于星期一重新开放。孩子们会有一间更明亮的阅览室，老人们可以在门口喝一杯茶。"
        "市长说，这件事早就应该做了，费用的一半由省里承担。居民们希望冬天这里会很暖和。"
    ),
    "zh-tw": (
        "老城廣場的圖書館經過長時間的修繕，將於星期一重新開放。孩子們會有一間更明亮的閱覽室，老人們可以在門口喝一杯茶。"
        "市長說，這件事早就應該做了，費用的一半由縣政府承擔。居民們希望冬天這裡會很暖和。"
    ),
    "ja": (
        "旧市街の広場にある図書館は、長い改修工事を終えて月曜日に再び開館します。子どもたちには明るい部屋が、お年寄りには"
        "入口のそばに小さなコーヒーコーナーが用意されました。市長は「もっと早くやるべきだった」と話しました。"
    ),
    "ko": (
        "옛 광장의 도서관이 오랜 수리를 마치고 월요일에 다시 문을 엽니다. 아이들에게는 더 밝은 방이 생기고, 어르신들은 "
        "입구 옆에서 커피를 마실 수 있습니다. 시장은 더 일찍 해야 했다고 말하면서 비용의 절반은 도에서 낸다고 했습니다."
    ),
}

# A language, the label of its page, and Python's codec for that.
ENCODINGS = (
    ("fr", "windows-1252", "cp1252"),
    ("fr", "iso-8859-1", "cp1252"),
    ("fr", "us-ascii", "cp1252"),
    ("fr", "ISO_8859-15", "iso8859_15"),
    ("fr", "macintosh", "mac_roman"),
    ("de", "latin1", "cp1252"),
    ("de", "utf-16", "utf-16"),
    ("de", "utf-16le", "utf-16-le"),
    ("de", "utf-16be", "utf-16-be"),
    ("pl", "windows-1250", "cp1250"),
    ("pl", "iso-8859-2", "iso8859_2"),
    ("tr", "windows-1254", "cp1254"),
    ("tr", "iso-8859-9", "cp1254"),
    ("lt", "windows-1257", "cp1257"),
    ("lt", "iso-8859-13", "iso8859_13"),
    ("ru", "windows-1251", "cp1251"),
    ("ru", "koi8-r", "koi8_r"),
    ("ru", "iso-8859-5", "iso8859_5"),
    ("ru", "ibm866", "cp866"),
    ("ru", "x-mac-cyrillic", "mac_cyrillic"),
    ("uk", "koi8-u", "koi8_u"),
    ("el", "windows-1253", "cp1253"),
    ("el", "iso-8859-7", "iso8859_7"),
    ("he", "windows-1255", "cp1255"),
    ("he", "iso-8859-8-i", "iso8859_8"),
    ("ar", "windows-1256", "cp1256"),
    ("ar", "iso-8859-6", "iso8859_6"),
    ("th", "windows-874", "cp874"),
    ("th", "tis-620", "cp874"),
    ("zh", "gb2312", "gb2312"),
    ("zh", "gbk", "gbk"),
    ("zh", "gb18030", "gb18030"),
    ("zh-tw", "big5", "big5"),
    ("zh-tw", "gb18030", "gb18030"),
    ("ja", "shift_jis", "cp932"),
    ("ja", "x-sjis", "cp932"),
    ("ja", "euc-jp", "euc_jp"),
    ("ja", "iso-2022-jp", "iso2022_jp"),
    ("ko", "euc-kr", "euc_kr"),
    ("ko", "ks_c_5601-1987", "cp949"),
)
WRONG = ("utf-8", "utf-7", "iso-2022-jp", "nonsense", "", "shift_jis", "big5", "euc-kr", "koi8-r", "windows-1251")

# What a wrong label can hide where alphabets share their bytes, and no sign in them says which.
TOO_ALIKE = {("he", "koi8-r"), ("he", "windows-1251"), ("ru", "windows-1251"), ("ru", "koi8-r")}


def page(language: str, label: str = "") -> str:
    return PAGE.format(meta=f'<meta charset="{label}">' if label else "", text=TEXTS[language])


def packed(text: str, codec: str) -> bytes:
    return text.encode(codec, "xmlcharrefreplace")


def read(data: bytes, codec: str) -> str:
    return data.decode(codec).removeprefix("\ufeff")


@pytest.mark.parametrize(("language", "label", "codec"), ENCODINGS)
def test_a_page_is_read_as_its_sender_says(language: str, label: str, codec: str) -> None:
    data = packed(page(language), codec)
    assert text_of(data, charset=label)[0] == read(data, codec)
    assert text_of(data, charset=f' "{label.upper()}" ')[0] == read(data, codec)


@pytest.mark.parametrize(("language", "label", "codec"), ENCODINGS)
def test_a_page_is_read_as_it_says_itself(language: str, label: str, codec: str) -> None:
    data = packed(page(language, label), codec)
    assert text_of(data)[0] == read(data, codec)
    assert text_of(data, charset="nonsense")[0] == read(data, codec)


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize(("language", "label", "codec"), [one for one in ENCODINGS if one[0] not in ("lt", "tr")])
def test_a_wrong_label_is_overruled(language: str, label: str, codec: str, wrong: str) -> None:
    if (language, wrong) in TOO_ALIKE or label in ("macintosh", "ISO_8859-15"):
        return
    data = packed(page(language), codec)
    assert text_of(data, charset=wrong)[0] == read(data, codec)


@pytest.mark.parametrize("wrong", [label for _, label, _ in ENCODINGS])
@pytest.mark.parametrize("language", TEXTS)
def test_what_is_utf_8_is_read_as_that_whatever_it_is_called(language: str, wrong: str) -> None:
    text = page(language, wrong)
    assert text_of(text.encode(), charset=wrong) == (text, "utf-8")


def test_the_senders_word_counts_more_than_the_pages() -> None:
    text = page("pl", "windows-1252")
    assert text_of(text.encode("cp1250"), charset="windows-1250") == (text, "windows-1250")


def test_a_page_whose_label_is_missing_is_read_by_its_language() -> None:
    for language, codec in (("pl", "cp1250"), ("tr", "cp1254"), ("lt", "cp1257")):
        text = page(language).replace("<html>", f'<html class="x" lang="{language}">')
        assert text_of(text.encode(codec))[0] == text


def test_an_xml_declaration_is_heeded() -> None:
    text = '<?xml version="1.0" encoding="iso-8859-2"?><rss><title>Łódź, środa, późno</title></rss>'
    assert text_of(text.encode("iso8859_2")) == (text, "iso-8859-2")


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_mark_at_the_start_counts_most(codec: str) -> None:
    assert text_of(page("ru", "koi8-r").encode(codec), charset="shift_jis")[0] == page("ru", "koi8-r")


def test_utf_8_that_is_cut_within_a_character_is_utf_8() -> None:
    data = page("ja").encode() + "日".encode()[:2]
    assert text_of(data) == (page("ja"), "utf-8")


def test_a_few_bytes_that_a_template_spoilt_are_read_as_what_they_were_meant_to_be() -> None:
    data = page("fr").encode().replace(b"Home", b"the site\x92s home")
    text, encoding = text_of(data, charset="iso-8859-1")
    assert encoding == "utf-8"
    assert "the site’s home" in text
    assert "bibliothèque" in text


def test_a_legacy_page_with_a_damaged_byte_is_not_given_up() -> None:
    data = page("ja").encode("cp932").replace(b"Example", b"Ex\xfdample")
    text, encoding = text_of(data, charset="shift_jis")
    assert encoding == "shift_jis"
    assert TEXTS["ja"] in text


def test_short_words_are_read_as_they_are_said_to_be() -> None:
    assert text_of("café".encode("latin-1")) == ("café", "windows-1252")
    assert text_of("© 2026 – £5, £6, £7".encode("cp1252"))[0] == "© 2026 – £5, £6, £7"
    assert text_of("“café” – £5".encode("cp1252"), charset="iso-8859-1")[0] == "“café” – £5"
    assert text_of("Łódź".encode("cp1250"), charset="windows-1250")[0] == "Łódź"


def test_nothing_is_nothing() -> None:
    assert text_of(b"") == ("", "utf-8")


def test_zeros_and_marks_are_taken_out() -> None:
    assert text_of(b"a line\x00 of text that goes on for a while, and then some more of it\x00")[0].count("\x00") == 0
    assert text_of(b"\xef\xbb\xbf\xef\xbb\xbfhello")[0] == "hello"


# Text encoded twice


def twice(text: str) -> str:
    return "".join(
        bytes([byte]).decode("cp1252" if byte not in b"\x81\x8d\x8f\x90\x9d" else "latin-1") for byte in text.encode()
    )


@pytest.mark.parametrize(
    "text", ["It’s “fine”, they said – café, naïve, déjà vu…", TEXTS["fr"], TEXTS["ru"], TEXTS["de"]]
)
def test_text_that_was_encoded_twice_is_put_right(text: str) -> None:
    spoilt = f"<p>{twice(text)}</p>\n<p>{twice(text)}</p><p>right from the start: “é”</p>"
    assert text_of(spoilt.encode())[0] == f"<p>{text}</p>\n<p>{text}</p><p>right from the start: “é”</p>"
    latin = text.encode().decode("latin-1")
    assert text_of(f"{latin}\n{latin}".encode())[0] == f"{text}\n{text}"


@pytest.mark.parametrize(
    "text", [*TEXTS.values(), "AMANHÃ… IRMÃ” À «x» Â£5 Ã© â€™", "naïve café – “it’s” 50 °C £5 €3 ½"]
)
def test_text_that_is_right_stays(text: str) -> None:
    assert text_of(f"{text}\n{text if text in TEXTS.values() else ''}".encode())[0].startswith(text)


# What is no text


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", "a PDF"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF"),
        (zipped(), "a ZIP archive"),
        (gzip.compress(b"<p>hello</p>"), "compressed with gzip"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(40), r"a picture \(PNG\)"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(40), r"a picture \(JPEG\)"),
        (b"GIF89a\x01\x00\x01\x00\x80" + bytes(20), r"a picture \(GIF\)"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(40), r"a picture \(WEBP\)"),
        (b"\x00\x00\x00\x1cftypavif" + bytes(40), r"a picture \(AVIF\)"),
        (b"\x00\x00\x00\x1cftypisom" + bytes(40), "a film"),
        (b"bplist00\xd1\x01\x02_\x10\x0fWebMainResource", "a Safari web archive"),
        (b"{\\rtf1\\ansi Hello}", "a rich text document"),
        (b"\x7fELF\x02\x01\x01" + bytes(60), "a program"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60), "an old office document"),
        (bytes(range(32)) * 40, "something binary"),
        (b"\x00" * 1000, "something binary"),
    ],
)
def test_what_is_no_text_is_named(data: bytes, what: str) -> None:
    with pytest.raises(ContentError, match=f"page.html: error: is no text but {what}") as caught:
        text_of(data, name="page.html")
    assert caught.value.problems[0].hint


@pytest.mark.parametrize(
    "text", ["GIF89a is a format.", "ID3 tags hold titles.", "BZhang, a name", "OTTO said so", "PK"]
)
def test_a_text_that_begins_like_another_format_is_text(text: str) -> None:
    assert text_of(text.encode())[0] == text


# Laws


@given(st.binary(max_size=400), st.text(max_size=20))
def test_anything_is_text_or_said_to_be_none(data: bytes, charset: str) -> None:
    try:
        text, _ = text_of(data, charset=charset)
    except ContentError:
        return
    assert "\x00" not in text
    text.encode("utf-8")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeffâÃÐÑ")))
def test_utf_8_comes_through_unharmed(text: str) -> None:
    assert text_of(text.encode())[0] == text


@settings(max_examples=50)
@given(st.sampled_from(ENCODINGS), st.data())
def test_a_damaged_page_is_still_text(one: tuple[str, str, str], draw: st.DataObject) -> None:
    language, label, codec = one
    data = bytearray(packed(page(language, label), codec))
    for _ in range(draw.draw(st.integers(1, 5))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(32, 255))
    assert "News" in text_of(bytes(data))[0] or "Home" in text_of(bytes(data))[0]


@pytest.mark.parametrize(
    "piece",
    [
        b"\xe9",
        b"\x81\x40",
        b"\xc3\xa9\xff",
        "Ã©".encode(),
        b"<p>\xe9</p>",
        b"\xa4\xa2",
        b"a\x1b$B",
        b"<meta ",
        b"&#233;\x92",
    ],
)
def test_five_megabytes_take_a_moment(piece: bytes) -> None:
    begin = time.process_time()
    text_of(b"<p>" + piece * (5_000_000 // len(piece)))
    assert time.process_time() - begin < 5
