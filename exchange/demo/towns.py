"""The towns of the demo: twenty real ones in three provinces, where people come from and where they go."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Town:
    """`sends`, `takes`: how often people come from here, and go there, relative to the other towns.

    `lanes`: how addresses in the town begin.
    """

    code: str
    name: str
    sends: int
    takes: int
    lanes: tuple[str, ...]

    @property
    def province(self) -> str:
        return self.code[:2]


_VILLAGES = ("腊梅村", "双河村", "石桥村", "新塘村", "柳林村")
_ROADS = ("长盛路", "振安路", "兴华街", "工业大道", "莲湖巷")

TOWNS: tuple[Town, ...] = (
    # 湖北省孝感市: mostly the towns that people leave.
    Town("420982100000", "赵棚镇", 9, 1, _VILLAGES),
    Town("420982001000", "府城街道", 6, 3, _ROADS),
    Town("420982101000", "李店镇", 7, 1, _VILLAGES),
    Town("420982108000", "洑水镇", 6, 1, _VILLAGES),
    Town("420921100000", "花园镇", 6, 2, _ROADS),
    Town("420921102000", "周巷镇", 8, 1, _VILLAGES),
    Town("420921103000", "小河镇", 7, 1, _VILLAGES),
    Town("420921107000", "邹岗镇", 6, 1, _VILLAGES),
    # 广东省东莞市: mostly the towns that people come to.
    Town("441900119000", "长安镇", 2, 9, _ROADS),
    Town("441900121000", "虎门镇", 2, 8, _ROADS),
    Town("441900122000", "厚街镇", 2, 7, _ROADS),
    Town("441900116000", "塘厦镇", 1, 6, _ROADS),
    Town("441900110000", "常平镇", 1, 5, _ROADS),
    Town("441900113000", "大朗镇", 1, 4, _ROADS),
    # 江苏省苏州市: both.
    Town("320509105000", "盛泽镇", 3, 7, _ROADS),
    Town("320509001000", "松陵街道", 3, 5, _ROADS),
    Town("320509104000", "平望镇", 4, 4, _ROADS),
    Town("320509108000", "震泽镇", 4, 3, _ROADS),
    Town("320509110000", "黎里镇", 4, 3, _ROADS),
    Town("320509111000", "同里镇", 3, 3, _ROADS),
)
CODES: tuple[str, ...] = tuple(town.code for town in TOWNS)
COUNTY = "420982000000"  # 湖北省孝感市安陆市: served whole, so that it may ask something of its towns
BY_CODE = {town.code: town for town in TOWNS}
PROVINCES: tuple[str, ...] = tuple(sorted({town.province for town in TOWNS}))
