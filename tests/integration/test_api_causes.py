"""What a recorded event may name as its cause."""

from exchange.ids import new_id
from tests.integration.api import rules
from tests.integration.test_api_faults import NOW, Office, event, node, office, registering
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Town, woman

__all__ = ["node", "office"]  # the fixtures


class TestACause:
    """What caused an event is an event of the office's own book, or an earlier one of the same act."""

    def test_that_nobody_holds_is_refused(self, office: Office):
        answer = office.post({**registering(woman()), "because": [ZHIFANG, new_id(NOW)]})
        assert (answer.status_code, answer.json["code"]) == (404, "no_such_event")
        assert rules(answer.json) == {"because": "because.unknown"}

    def test_that_only_others_hold_is_refused_alike(self, node, office: Office):
        foreign = Town(node, DONGHUAMEN).registers(woman(3))
        answer = office.post({**registering(woman()), "because": [DONGHUAMEN, foreign.id]})
        assert (answer.status_code, rules(answer.json)) == (404, {"because": "because.unknown"})

    def test_that_was_recorded_here_is_taken_also_about_someone_else(self, node, office: Office):
        mother = Town(node, ZHIFANG).registers(woman(3))
        assert office.post({**registering(woman()), "because": [ZHIFANG, mother.id]}).status_code == 201

    def test_that_was_told_here_is_taken(self, node, office: Office):
        Town(node, ZHIFANG).registers(woman())
        arrival = Town(node, DONGHUAMEN).sees_arrive(woman(), ZHIFANG)
        changed = event("person.changed", {"set": {"education": "70"}}, person=arrival.person)
        assert office.post({**changed, "because": [DONGHUAMEN, arrival.id]}).status_code == 201

    def test_of_the_same_act_stands_before_its_effect(self, office: Office):
        first, second = registering(woman()), registering(woman(3, name="王大山"))
        later = {"events": [{**second, "because": [ZHIFANG, first["id"]]}, first]}
        earlier = {"events": [first, {**second, "because": [ZHIFANG, first["id"]]}]}
        assert rules(office.post(later, "/v1/events/batch").json) == {"events.0.because": "because.unknown"}
        assert office.post(earlier, "/v1/events/batch").status_code == 201

    def test_is_never_the_event_itself(self, office: Office):
        body = registering(woman())
        assert rules(office.post({**body, "because": [ZHIFANG, body["id"]]}).json) == {"because": "because.unknown"}
