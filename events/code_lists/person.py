"""The short lists about a person, one entry a line: code, number in the standard where it differs, Chinese|English."""

# GB/T 2261.1
SEX = """\
M 1 男|Male
F 2 女|Female
U 0 未知的性别|Unknown
N 9 未说明的性别|Not stated
"""

# GB/T 2261.2
MARITAL_STATUS = """\
10 未婚|Never married
20 已婚|Married
21 初婚|Married for the first time
22 再婚|Remarried
23 复婚|Remarried to the same person
30 丧偶|Widowed
40 离婚|Divorced
90 未说明的婚姻状况|Not stated
"""

# GB/T 4658, main groups
EDUCATION = """\
10 研究生教育|Postgraduate
20 大学本科教育|Bachelor's degree
30 大学专科教育|College diploma
40 中等职业教育|Secondary vocational
60 普通高级中学教育|Senior secondary
70 初级中学教育|Junior secondary
80 小学教育|Primary
90 其他|Other
"""

# The ten of the 2020 census.
REASON = """\
work 工作就业|Work
study 学习培训|Study or training
family 随同离开或投亲靠友|Going with family or joining relatives
moving_house 拆迁或搬家|Demolition or moving house
registration 寄挂户口|Registration lodged elsewhere
marriage 婚姻嫁娶|Marriage
grandchildren 照料孙子女|Care of grandchildren
schooling 为子女就学|Child's schooling
old_age 养老或康养|Old age or health
other 其他|Other
"""

# 2020 census
DWELLING = """\
ordinary 普通住宅|Ordinary dwelling
collective 集体住所|Collective dwelling
workplace 工作地住所|Place of work
other 其他住房|Other dwelling
none 无住房|No dwelling
"""

# GA/T 2000.156, as far as the exchange names them
DOCUMENT = """\
111 居民身份证|Resident identity card
113 户口簿|Household register book
117 出生医学证明|Medical certificate of birth
154 居住证|Residence permit
414 普通护照|Ordinary passport
511 台湾居民来往大陆通行证（五年有效）|Mainland travel permit for Taiwan residents (five years)
512 台湾居民来往大陆通行证（一次有效）|Mainland travel permit for Taiwan residents (one journey)
516 港澳居民来往内地通行证|Mainland travel permit for Hong Kong and Macao residents
553 外国人永久居留身份证|Foreign permanent resident identity card
990 其他证件|Other document
"""
