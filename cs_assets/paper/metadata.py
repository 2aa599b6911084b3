"""What a PDF says of itself: dates of the report, and the same as XMP with the PDF/UA mark."""

import datetime as dt
from html import escape
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFName, PDFStream

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{tool}</xmp:CreatorTool>
<xmp:CreateDate>{date}</xmp:CreateDate><xmp:ModifyDate>{date}</xmp:ModifyDate>
<pdf:Producer>{producer}</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


class Stamp:
    """The instant of the data's cut-off, in the form in which reportlab asks for the time."""

    dhh = dmm = 0
    tzname = "UTC"

    def __init__(self, at: dt.datetime) -> None:
        self.t = at.replace(tzinfo=dt.UTC).timestamp()
        self.lt = at.timetuple()
        self.YMDhms = tuple(self.lt)[:6]

    @property
    def datetime(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.t, dt.UTC)

    @property
    def asctime(self) -> str:
        return self.datetime.ctime()


def describe(document: Any, at: dt.datetime | None, language: str) -> None:
    """Put dates and XMP into reportlab's document; all else is taken from its own properties."""
    if at is not None:
        document._timeStamp = Stamp(at)
    info, stamp = document.info, document._timeStamp
    year, month, day, hour, minute, second = stamp.YMDhms
    packet = _XMP.format(
        title=escape(info.title), author=escape(info.author), subject=escape(info.subject),
        language=language, tool=escape(info.creator), producer=escape(info.producer),
        date=f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}Z",
    )  # fmt: skip
    stream = PDFStream(content=packet.encode(), filters=[])
    stream.dictionary.dict |= {"Type": PDFName("Metadata"), "Subtype": PDFName("XML")}
    document.Catalog.__NoDefault__ = [*document.Catalog.__NoDefault__, "Metadata"]
    document.Catalog.Metadata = document.Reference(stream)
