"""English names of divisions: the proper name in pinyin, ethnic names and the kind of area as words. Pure.

Spelling follows GB/T 28039 as far as a machine can (one word, apostrophe before a vowel); some have settled names.
"""

from __future__ import annotations

SETTLED = {
    "北京市": "Beijing", "天津市": "Tianjin", "上海市": "Shanghai", "重庆市": "Chongqing", "陕西省": "Shaanxi Province",
    "内蒙古自治区": "Inner Mongolia Autonomous Region", "广西壮族自治区": "Guangxi Zhuang Autonomous Region",
    "西藏自治区": "Xizang Autonomous Region", "宁夏回族自治区": "Ningxia Hui Autonomous Region",
    "新疆维吾尔自治区": "Xinjiang Uygur Autonomous Region", "黑龙江省": "Heilongjiang Province",
    "市辖区": "Municipal Districts", "县": "Counties", "省直辖县级行政区划": "Counties Directly under the Province",
    "自治区直辖县级行政区划": "Counties Directly under the Autonomous Region",
    "香港特别行政区": "Hong Kong Special Administrative Region",
    "澳门特别行政区": "Macao Special Administrative Region",
    "台湾省": "Taiwan Province", "呼和浩特市": "Hohhot City", "乌鲁木齐市": "Urumqi City", "拉萨市": "Lhasa City",
    "哈尔滨市": "Harbin City", "齐齐哈尔市": "Qiqihar City", "吐鲁番市": "Turpan City",
    "喀什地区": "Kashgar Prefecture",
}  # fmt: skip

KINDS = {
    "自治州": "Autonomous Prefecture", "地区": "Prefecture", "盟": "League", "自治县": "Autonomous County",
    "自治旗": "Autonomous Banner", "林区": "Forestry District", "矿区": "Mining District", "特区": "Special District",
    "省": "Province", "市": "City", "县": "County", "区": "District", "旗": "Banner", "街道办事处": "Subdistrict",
    "街道": "Subdistrict", "镇": "Town", "民族乡": "Ethnic Township", "族乡": "Ethnic Township", "乡": "Township",
    "民族苏木": "Ethnic Sumu", "苏木": "Sumu", "农场": "Farm", "林场": "Forest Farm", "牧场": "Pasture",
    "渔场": "Fishery", "茶场": "Tea Farm", "种畜场": "Livestock Farm", "良种场": "Seed Farm", "原种场": "Seed Farm",
    "经济技术开发区": "Economic and Technological Development Zone", "经济开发区": "Economic Development Zone",
    "高新技术产业开发区": "High-Tech Industrial Development Zone", "开发区": "Development Zone",
    "工业园区": "Industrial Park", "产业园区": "Industrial Park", "工业园": "Industrial Park", "园区": "Park",
    "管理区": "Administrative Area", "风景名胜区": "Scenic Area", "风景区": "Scenic Area",
    "旅游度假区": "Tourist Resort",
    "度假区": "Resort", "保护区": "Reserve", "自然保护区": "Nature Reserve", "管委会": "Administrative Committee",
    "管理委员会": "Administrative Committee", "办事处": "Office", "监狱": "Prison", "水库": "Reservoir",
}  # fmt: skip

PEOPLES = {
    "蒙古": "Mongol", "回": "Hui", "藏": "Tibetan", "维吾尔": "Uygur", "苗": "Miao", "彝": "Yi", "壮": "Zhuang",
    "布依": "Bouyei", "朝鲜": "Korean", "满": "Manchu", "侗": "Dong", "瑶": "Yao", "白": "Bai", "土家": "Tujia",
    "哈尼": "Hani", "哈萨克": "Kazakh", "傣": "Dai", "黎": "Li", "傈僳": "Lisu", "佤": "Va", "畲": "She",
    "高山": "Gaoshan", "拉祜": "Lahu", "水": "Sui", "东乡": "Dongxiang", "纳西": "Naxi", "景颇": "Jingpo",
    "柯尔克孜": "Kirgiz", "土": "Tu", "达斡尔": "Daur", "仫佬": "Mulao", "羌": "Qiang", "布朗": "Blang",
    "撒拉": "Salar", "毛南": "Maonan", "仡佬": "Gelao", "锡伯": "Xibe", "阿昌": "Achang", "普米": "Pumi",
    "塔吉克": "Tajik", "怒": "Nu", "乌孜别克": "Uzbek", "俄罗斯": "Russian", "鄂温克": "Ewenki", "德昂": "De'ang",
    "保安": "Bonan", "裕固": "Yugur", "京": "Gin", "塔塔尔": "Tatar", "独龙": "Derung", "鄂伦春": "Oroqen",
    "赫哲": "Hezhen", "门巴": "Monba", "珞巴": "Lhoba", "基诺": "Jino", "各": "Multi-Ethnic",
}  # fmt: skip

# Only these kinds of area carry the name of a people; elsewhere 东乡 or 保安 is just a name.
_OF_PEOPLES = ("自治州", "自治县", "自治旗", "民族乡", "族乡", "民族苏木", "区")
_BARE = frozenset({"蒙古", "哈萨克", "柯尔克孜", "塔吉克", "锡伯", "维吾尔"})
_ENDINGS = sorted(KINDS, key=len, reverse=True)


def english(name: str, pinyin: str) -> str:
    """The English name; `pinyin` has one syllable for each character of `name`."""
    if name in SETTLED:
        return SETTLED[name]
    ending = next((each for each in _ENDINGS if name.endswith(each) and len(name) > len(each)), "")
    proper = name.removesuffix(ending)
    peoples: list[str] = []
    if ending in _OF_PEOPLES:
        proper, peoples = _split_peoples(proper + ("族" if ending == "族乡" else ""))
    words = [_spell(pinyin.split()[: len(proper)])]
    if peoples:
        words.append(", ".join(peoples[:-1]) + " and " + peoples[-1] if len(peoples) > 1 else peoples[0])
    if ending:
        words.append(KINDS[ending])
    return " ".join(words)


def _split_peoples(proper: str) -> tuple[str, list[str]]:
    """Takes the names of peoples off the end, last first, and gives them in reading order."""
    found: list[str] = []
    while True:
        people = next((each for each in PEOPLES if proper.endswith(each + "族") and len(proper) > len(each) + 1), None)
        bare = next((each for each in _BARE if proper.endswith(each) and len(proper) > len(each)), None)
        if people is not None:
            proper = proper.removesuffix(people + "族")
        elif bare is not None:
            people, proper = bare, proper.removesuffix(bare)
        else:
            return proper, found
        found.insert(0, PEOPLES[people])


def _spell(syllables: list[str]) -> str:
    """One word, capital first; an apostrophe keeps Xi'an from becoming Xian."""
    first, *rest = [each.replace("lv", "lü").replace("nv", "nü") for each in syllables]
    return first.capitalize() + "".join(f"'{each}" if each[0] in "aeo" else each for each in rest)
