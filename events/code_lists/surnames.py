"""Surnames that are read otherwise than their characters elsewhere, and surnames of two characters."""

_READINGS = """\
单 shan, 單 shan, 曾 zeng, 仇 qiu, 解 xie, 查 zha, 朴 piao, 任 ren, 华 hua, 華 hua, 区 ou, 區 ou, 盖 ge, 蓋 ge,
乐 yue, 樂 yue, 缪 miao, 繆 miao, 翟 zhai, 冼 xian, 员 yun, 秘 bi, 种 chong, 繁 po, 黑 he, 晁 chao, 覃 qin,
牟 mu, 谌 chen, 隗 wei, 郇 xun, 佴 nai, 褚 chu, 那 na, 宁 ning, 祭 zhai, 车 che, 薄 bo, 哈 ha, 费 fei, 於 yu,
占 zhan, 逄 pang, 都 du, 阚 kan, 幸 xing, 盛 sheng, 石 shi, 沈 shen, 贾 jia, 撒 sa, 訾 zi, 撖 han, 厍 she,
纪 ji, 宿 su, 燕 yan, 应 ying, 相 xiang, 曲 qu, 卜 bu, 葛 ge, 冯 feng, 柏 bai, 强 qiang, 尉 wei, 过 guo,
召 shao, 折 she, 臧 zang, 邵 shao, 俞 yu, 尹 yin, 重 chong, 长 chang, 万 wan, 能 nai, 行 xing, 藏 zang, 宓 mi,
适 kuo, 尉迟 yuchi, 万俟 moqi, 长孙 zhangsun, 澹台 tantai, 单于 chanyu, 令狐 linghu, 鲜于 xianyu, 宇文 yuwen,
皇甫 huangfu, 欧阳 ouyang, 歐陽 ouyang, 司马 sima, 司徒 situ, 司空 sikong, 上官 shangguan, 诸葛 zhuge,
諸葛 zhuge, 夏侯 xiahou, 东方 dongfang, 公孙 gongsun, 慕容 murong, 端木 duanmu, 百里 baili, 轩辕 xuanyuan,
呼延 huyan, 南宫 nangong, 独孤 dugu, 闻人 wenren, 钟离 zhongli, 申屠 shentu, 濮阳 puyang, 淳于 chunyu,
太史 taishi, 公冶 gongye, 赫连 helian, 拓跋 tuoba, 东郭 dongguo, 西门 ximen, 第五 diwu, 哥舒 geshu,
乐正 yuezheng, 亓官 qiguan, 仲孙 zhongsun, 纳兰 nalan
"""

SURNAMES: dict[str, str] = dict(entry.split() for entry in _READINGS.split(","))
