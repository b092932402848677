"""What officers write on work orders and on cases of anti-social behaviour, as rules of a grammar."""

REPAIRS = {
    "plumbing": (
        "{wet} tap {drip}", "Toilet {toilet}", "Leak under {wet} sink{extra}", "Shower {shower}",
        "Stopcock seized{extra}", "Cistern overflow running{extra}", "Low water pressure in {wet}",
        "Bath waste blocked{extra}", "Burst pipe in {wet}", "Washing machine valve leaking{extra}",
        "Hot water tap not working in {wet}",
    ),
    "heating": (
        "No heating or hot water{extra}", "Boiler losing pressure{extra}", "Radiator in {room} cold{extra}",
        "Boiler fault code showing{extra}", "Thermostat not responding{extra}",
        "Radiator valve leaking in {room}", "Boiler making banging noise{extra}",
        "Annual gas service follow-on{extra}", "Storage heater not charging in {room}",
    ),
    "electrical": (
        "No power to {room} sockets{extra}", "Light in {room} not working{extra}",
        "Extractor fan faulty in {room}", "Smoke alarm chirping{extra}", "Fuse board tripping{extra}",
        "Cooker point not working{extra}", "Burnt socket in {room}", "Immersion switch faulty{extra}",
        "Shower pull cord broken{extra}",
    ),
    "carpentry": (
        "Kitchen unit door off{extra}", "Floorboards loose in {room}", "Worktop swollen{extra}",
        "Internal door to {room} sticking", "Stair handrail loose{extra}", "Drawer runners broken{extra}",
        "Skirting rotten in {room}", "Loft hatch broken{extra}",
    ),
    "roofing": (
        "Roof leak into {room}{extra}", "Slipped tiles after wind{extra}", "Gutter overflowing at {side}",
        "Ridge tile missing{extra}", "Flat roof ponding at {side}", "Downpipe detached at {side}",
        "Soffit rotten at {side}", "Chimney flashing failed{extra}",
    ),
    "damp and mould": (
        "Black mould in {room}{extra}", "Damp patch on wall of {room}{extra}",
        "Condensation and mould in {room}{extra}", "Damp survey requested{extra}",
        "Mould wash to {room}{extra}", "Rising damp at {side}{extra}", "Penetrating damp in {room}{extra}",
        "Mould returned after treatment in {room}",
    ),
    "glazing": (
        "Window in {room} will not close{extra}", "Double glazing misted in {room}",
        "Broken pane in {room}{extra}", "Window handle broken in {room}", "Draught from window in {room}",
        "Glass in back door cracked{extra}",
    ),
    "doors and locks": (
        "Front door will not lock{extra}", "Lost keys, lock change{extra}", "Door entry not working{extra}",
        "Communal door not closing{extra}", "Back door handle broken{extra}", "Front door damaged{extra}",
        "Door closer broken{extra}", "Key safe to be fitted{extra}",
    ),
    "fencing and paths": (
        "Fence panel down at {side}{extra}", "Fence post rotten at {side}", "Gate will not close{extra}",
        "Path uneven, trip hazard{extra}", "Slab loose by {side}", "Boundary wall leaning at {side}{extra}",
        "Handrail to steps loose{extra}",
    ),
    "communal lighting": (
        "Stairwell light out{extra}", "Bollard light damaged{extra}", "Car park light out{extra}",
        "Bulkhead light out by {common}", "Lights on all day at {common}",
        "Emergency light failed at {common}", "Path light flickering by {common}",
    ),
    "communal cleaning": (
        "Bulky items left by {common}", "Bin store overflowing{extra}", "Stairs need cleaning{extra}",
        "Spillage by {common}", "Graffiti to remove at {common}", "Glass to sweep by {common}",
        "Dumped mattress by {common}", "Pest control visit to {common}",
    ),
    "drainage": (
        "Blocked drain at {side}{extra}", "Manhole lifting at {side}", "Waste water backing up in {room}",
        "Gully blocked by {side}", "Smell of drains in {room}{extra}", "Soil stack leaking at {side}{extra}",
    ),
    "other": (
        "Several small jobs in {room}", "Plaster blown in {room}{extra}", "Tiles off wall in {room}",
        "Adaptation follow-on{extra}", "Bath panel broken{extra}", "Loft insulation missing{extra}",
        "Make safe after leak in {room}",
    ),
}  # fmt: skip

REPAIRS_SHARED = {
    "room": (
        "kitchen", "bathroom", "hall", "front bedroom", "back bedroom", "living room", "WC", "landing",
        "small bedroom",
    ),
    "wet": ("kitchen", "bathroom", "WC", "shower room", "utility room"),
    "side": ("front", "rear", "side", "rear left", "rear right", "front corner"),
    "common": (
        "bin store", "ground floor", "first floor", "second floor", "rear entrance", "front entrance",
        "garages", "drying area",
    ),
    "drip": ("dripping", "leaking, cannot turn off", "loose", "stiff"),
    "toilet": (
        "not flushing", "blocked", "constantly running", "leaking at base", "seat broken", "slow to fill",
    ),
    "shower": ("not draining", "running cold", "leaking through ceiling", "head broken", "losing pressure"),
    "extra": (
        "", "", "", " - second visit", " - tenant vulnerable", " - call before attending",
        " - photos on file", " - recall", " - baby in property", " - please check and report",
        " - reported by neighbour", " - part on order",
    ),
}  # fmt: skip

ASB = {
    "noise": (
        "Resident reports {noise} from {whose} {often}.", "{Noise} {often}, diary sheets sent.",
        "Noise from {whose}, {noise}, {often}.", "Second report of {noise} {often}. Noise app issued.",
        "{Noise} from {whose}. Recording received.",
    ),
    "harassment and threats": (
        "Verbal abuse {where} {often}.", "Resident reports being followed {where}.",
        "Threats made over {dispute}.", "Abusive messages after argument about {dispute}.",
        "Intimidation {where} {often}. Statement taken.",
    ),
    "drugs and alcohol": (
        "Suspected dealing {where} {often}.", "Cannabis smoke from {whose} {often}.",
        "Street drinking {where} {often}.", "Needles found {where}, cleared.",
        "Many short visits to {whose} {often}.",
    ),
    "vandalism": (
        "Graffiti {where}.", "Window smashed {where}.", "Damage to door entry {where}.",
        "Lift buttons burnt {where}.", "Cars scratched {where}.", "Fence panels kicked in {where} {often}.",
    ),
    "rubbish and fly-tipping": (
        "{Waste} dumped {where}.", "Fly-tipping {where} {often}. Photos taken.",
        "Bags left beside bins {where} {often}.", "{Waste} in communal area {where}.",
        "Bin store {where} used by non-residents {often}.",
    ),
    "vehicles": (
        "Off-road bikes {where} {often}.", "Abandoned car {where}.", "Cars raced {where} {often}.",
        "Vehicle repairs {where} {often}.", "E-scooters ridden at people {where} {often}.",
    ),
    "animals": (
        "Dog barking at {whose} {often}.", "Dogs off lead {where} {often}.", "Fouling {where} {often}.",
        "Pigeons fed {where} {often}.", "Several cats at {whose}, smell reported.",
    ),
    "gardens": (
        "Garden of {whose} overgrown.", "Rubbish stored in garden of {whose}.",
        "Hedge of {whose} over the path.", "Bonfires in garden of {whose} {often}.",
    ),
    "domestic abuse": (
        "Concern raised by third party. Restricted file.",
        "Shouting heard {often}. Referred, restricted file.",
    ),
    "violence": (
        "Fight {where} {often}.", "Resident pushed {where}. Police informed.",
        "Assault reported {where}. With police.",
    ),
    "misuse of communal areas": (
        "Groups {where} {often}.", "Communal door propped open {often}.", "People sleeping {where}.",
        "Smoking {where} {often}.", "Bikes and prams block the landing {where}.",
    ),
    "other": (
        "Dispute over {dispute}.", "Ball games {where} {often}.", "Fireworks {where} {often}.",
        "Misuse of parking bays {where}.",
    ),
}  # fmt: skip

ASB_SHARED = {
    "noise": (
        "loud music", "shouting", "banging", "television", "a subwoofer", "DIY", "parties", "doors slamming",
        "running on stairs",
    ),
    "Noise": (
        "Loud music", "Shouting and banging", "Late parties", "Door slamming", "Raised voices", "Drumming",
    ),
    "whose": (
        "flat above", "flat below", "next door", "house opposite", "end property", "neighbour to left",
        "neighbour to right",
    ),
    "often": (
        "most nights", "at weekends", "in the early hours", "daily", "since last month", "after 23:00",
        "on weekday evenings", "three times this week", "during school holidays", "on and off since spring",
        "mainly Fridays",
    ),
    "where": (
        "in stairwell", "by garages", "near shops", "on the green", "in car park", "at rear of {street}",
        "on {street}", "by bin store", "in underpass", "at play area", "by main entrance", "along redway",
        "at bus stop",
    ),
    "dispute": (
        "parking", "a shared fence", "noise", "children playing", "a loan", "bins", "a hedge", "a dog",
    ),
    "Waste": (
        "Mattress", "Sofa", "Fridge", "Household waste", "Builders' rubble", "Tyres", "Garden waste",
        "Carpet",
    ),
}  # fmt: skip
