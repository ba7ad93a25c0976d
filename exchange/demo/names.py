"""Small lists out of which the demo makes up names. Nobody is meant."""

from __future__ import annotations

from random import Random

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊"
    "孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_TWO_SIGNS = ("欧阳", "司徒", "上官", "诸葛")
_MEN = "伟强磊军勇杰涛明超平刚辉鹏华飞鑫波斌宇浩凯健俊帆亮建国志文博海波新斌诚思源远航嘉睿泽洋子轩"
_WOMEN = "芳娜敏静丽艳娟霞秀英玲桂兰萍红玉梅琳雪婷慧莹倩雅佳欣怡梦瑶诗涵晓燕思雨可心静怡若兰清荷"
_SHARED = "晨阳安宁和禾木小一文知之乐天行云初晚秋春南北青山舟禾遥远闻望清溪星河"


def name(random: Random, sex: str) -> str:
    """A name of two or three signs, seldom with a surname of two."""
    surname = random.choice(_TWO_SIGNS) if random.random() < 0.01 else random.choice(_SURNAMES)
    pool = (_WOMEN if sex == "F" else _MEN) + _SHARED
    length = 1 if random.random() < 0.2 else 2
    return surname + "".join(random.sample(pool, length))


def surname(full: str) -> str:
    """The first sign, or two of those that have two."""
    return full[:2] if full[:2] in _TWO_SIGNS else full[:1]


def misheard(random: Random, full: str) -> str:
    """The name with another last sign: what a clerk may have written."""
    return full[:-1] + random.choice([sign for sign in _SHARED if sign != full[-1]])
