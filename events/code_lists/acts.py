"""The lists of codes that describe an act and stand in the clear, one entry a line: code, Chinese|English.

None of them says anything of a person, and no name can be written as one. `other` leaves room; words belong in remarks.
"""

AMENDMENT = """\
recording_error 登记错误|Recorded wrongly
incomplete 登记不全|Recorded incompletely
mistaken_identity 误认身份|Mistaken for somebody else
wrong_person 记在他人名下|Recorded of the wrong person
duplicate 重复登记|Recorded twice
plans_changed 计划变更|Plans changed
visit_only 仅为短期探访|A visit only
new_evidence 出现新证据|New evidence
mistaken_retraction 误撤|Taken back by mistake
court_order 法院裁判|Court order
cause_taken_back 前因已撤回|Its cause was taken back
other 其他|Other
"""

CHANGE = """\
own_wish 本人申请|Own wish
reported 本人申报|Reported by the person
marriage 结婚|Marriage
divorce 离婚|Divorce
adoption 收养|Adoption
renewed 证件换领|Document renewed
replaced 证件补领|Document replaced
naturalised 入籍|Naturalised
authority 机关决定|Decision of an authority
court_order 法院裁判|Court order
other 其他|Other
"""

PROTECTION = """\
threat 受到威胁|Threat
domestic_violence 家庭暴力|Domestic violence
stalking 跟踪骚扰|Stalking
witness 证人保护|Protection of a witness
office 职务原因|Office held
court_order 法院裁判|Court order
other 其他|Other
"""

PROTECTION_ENDED = """\
threat_over 威胁已消除|The threat is over
own_wish 本人申请|Own wish
no_longer_needed 不再需要|No longer needed
court_order 法院裁判|Court order
lapsed 期限届满|Its last day has gone by
other 其他|Other
"""

HOLD = """\
court_case 诉讼未决|Court case
investigation 调查未结|Investigation
legal_claim 权利主张|Legal claim
audit 审计|Audit
own_wish 本人申请|Own wish
other 其他|Other
"""

LEAVING = """\
not_found_at_address 地址查无此人|Not found at the address
reported_by_others 他人申报|Reported by others
registered_abroad 已在境外登记|Registered abroad
court_order 法院裁判|Court order
other 其他|Other
"""

DEFERRAL = """\
still_looking 仍在查找|Still looking
visit_due 待上门核实|A visit is due
archive 待查档案|Papers are being looked for
person_not_reached 未联系到本人|The person was not reached
other 其他|Other
"""

REOPENING = """\
doubt 存疑|Doubt
new_evidence 出现新证据|New evidence
answered_wrongly 答复有误|Answered wrongly
stands_again 问题重新成立|The question stands again
answer_stands_again 答复重新成立|The answer stands again
other 其他|Other
"""

WITHDRAWAL = """\
no_longer_needed 不再需要|No longer needed
asked_in_error 误发|Asked in error
found 已查明|Found out otherwise
no_longer_stands 问题已不成立|The question no longer stands
sent_in_error 误转询|Passed on in error
other 其他|Other
"""

PURPOSE = """\
registration 流入登记|Registration of a newcomer
residence 核实居住|Where somebody lives
identification 核实身份|Who somebody is
correction 更正登记|Correction of a record
"""
