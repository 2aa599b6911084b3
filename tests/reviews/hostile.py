"""Text that somebody might put into a name to break a report, or by accident."""

import random

SEEDS = (
    "<para>",
    "</para></para>",
    "<b>bold <i>unbalanced</b>",
    '<img src="/etc/passwd" width="10" height="10"/>',
    '<img src="http://127.0.0.1:9/x.png"/>',
    '<a href="javascript:alert(1)">click</a>',
    '<a href="file:///etc/passwd">click</a>',
    "<font color=\"[[[getattr(pow,Word('__globals__'))['os'].system('id') for Word in [orgTypeFun("
    "'Word',(str,),{})]] for orgTypeFun in [type(type(1))]] and 'red'\">exploit</font>",
    "<font color=\"__import__('os').system('id')\">x</font>",
    "&lt;&amp;&#60;&#x3c;&nbsp;&notanentity;",
    "&" * 5000,
    "]]><!--",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "nul\x00bell\x07escape\x1b[31m",
    "line\u2028separator\u2029paragraph\r\nbreak\ttab",
    "\u202egnirts lortnoc\u202c \u2066isolate\u2069",
    "zero\u200bwidth\u200djoiner\ufeffmark",
    "emoji 🎉👩‍👩‍👧‍👦🏳️‍🌈🇺🇳",
    "中文名称有限公司 株式会社さくら 주식회사 한빛",
    "Ελληνική Εταιρεία, Українська спілка, Éàçñøßž",
    "مرحبا بالعالم שלום עולם",
    "देवनागरी ไทย ქართული Հայերեն",
    "Zalgo t̶̢̛͎̑e̵̱͐x̴̰̌t̸̤́",
    "W" * 20_000,
    "a" * 3000 + " " + "b" * 3000,
    "{conversions.value} {quote:case.result} {{nested}} {",
    "%s %(name)s {0} $(id) `id` ${HOME}",
    "'; DROP TABLE customers; --",
    "=cmd|' /C calc'!A0",
    "\ud800 lone surrogate",
    "𝕸𝖆𝖙𝖍 ﬁ ligature ½ ①",
    "\U0010ffff\ue000 private",
    "\\( \\) \\\\ (unbalanced ((parentheses",
    "endobj endstream %%EOF trailer",
    "$\\frac{1}{2}$ $x$",
)


def strings(count: int, seed: int = 7) -> list[str]:
    """``count`` strings: the seeds, then joins and cuts of them, always the same."""
    dice = random.Random(seed)
    made = list(SEEDS)
    while len(made) < count:
        parts = [dice.choice(SEEDS) for _ in range(dice.randint(1, 3))]
        text = dice.choice((" ", "", "<", "&")).join(part[: dice.randint(1, 120)] for part in parts)
        made.append(text)
    return made[:count]
