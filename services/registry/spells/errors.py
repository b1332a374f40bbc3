"""What can stand against a spell of employment."""

from shared.errors import Conflict, Text


class PersonNotAlive(Conflict):
    code = "person-not-alive"
    title = Text("该人员已登记死亡,不能登记就业", "The person is registered as deceased")


class AlreadyEmployed(Conflict):
    code = "already-employed"
    title = Text(
        "该人员在此期间已有未结束的单位就业记录",
        "The person has an open spell with another employer in this time",
    )


class PlacementOfAnother(Conflict):
    code = "placement-of-another"
    title = Text("该录用记录属于另一人员", "This placement belongs to another person")


class BelongsToPlacement(Conflict):
    code = "belongs-to-placement"
    title = Text("该就业记录由录用产生,请在录用中修改", "This spell comes of a placement: change it there")


class SpellAlreadyVerified(Conflict):
    code = "spell-already-verified"
    title = Text("该就业记录已经核实", "This spell is verified already")


class SpellNeedsSecondPerson(Conflict):
    code = "spell-needs-second-person"
    title = Text("记录人不能核实自己记录的就业", "Somebody other than the recorder must verify")
