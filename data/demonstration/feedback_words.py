"""What residents say, as rules of a grammar: ways to begin, what is the matter, since when, what they ask for.

{estate} and {street} are filled with names of the place. Nobody is named, and no telephone number is given.
"""

from data.demonstration.grammar import Rules

_COMPLAINT, _PRAISE = "{opening}{issue} {effect} {ask}", "{warm}{praise} {thanks}"

_SHARED: Rules = {
    "say": (_COMPLAINT,) * 7 + (_PRAISE,),
    "opening": (
        "", "", "", "", "", "", "", "to be honest, ", "I've lived here {years} and ", "honestly, ",
        "yet again, ", "as a tenant of yours I want to say that ", "not sure this is the right form, but ",
        "since you ask, ", "I'm {age} and ", "I told the housing officer already but ", "same as last year: ",
        "my main worry is that ", "we like {estate} but ", "I don't like to complain, however ",
        "speaking for a few neighbours, ", "nobody ever asks us, so here goes: ", "second time of writing. ",
        "only moved in this year and ", "sorry to moan but ", "it may sound small, but ",
        "I know money is tight, yet ", "told your colleague at the door that ",
    ),
    "warm": (
        "", "", "just to say ", "credit where it's due, ", "fair play, ", "a bit of good news: ",
        "I must say ", "honestly, ",
    ),
    "thanks": (
        "", "", "thank you.", "please keep it up.", "more of that please.", "long may it last.",
        "well done all.", "made my day.",
    ),
    "years": (
        "two years", "four years", "nine years", "twelve years", "over twenty years", "since it was built",
        "all my life", "since 1979", "thirty-odd years", "nearly six years",
    ),
    "age": (
        "71", "in my eighties", "in a wheelchair", "a carer", "a mum of three", "on nights", "67", "disabled",
        "a young dad",
    ),
    "since": (
        "for weeks", "since the summer", "since before Christmas", "for about three months",
        "for over a year", "ever since the contractor changed", "since the clocks went back",
        "for as long as I can remember", "since Easter", "for the last fortnight", "for years",
        "since last winter", "for six months now",
    ),
    "recent": (
        "last week", "on Sunday night", "in the spring", "last month", "the week before last",
        "over Christmas", "on Tuesday", "over the bank holiday", "the other night", "twice this month",
    ),
    "often": (
        "most evenings", "every weekend", "two or three times a week", "nearly every night", "after school",
        "whenever it's warm", "on Friday and Saturday nights", "all day long",
        "from about nine till gone midnight", "at all hours", "when it gets dark", "in the holidays",
        "every Sunday", "night after night",
    ),
    "where": (
        "by the shops", "behind the garages", "on the redway", "in the underpass", "next to the play area",
        "outside the community centre", "at the end of {street}", "in the alley off {street}",
        "round the back of {street}", "near the bus stop", "by the bin store", "in the car park",
        "along the path to the school", "on the green", "at the entrance to {estate}", "between the blocks",
        "by the footbridge", "near the local centre", "on the corner of {street}", "in front of the surgery",
        "under the trees on {street}", "halfway down {street}",
    ),
    "ask": (
        "", "", "", "", "", "", "please sort it out.", "can somebody come and look?", "what is the plan?",
        "we would just like an answer.", "please don't just send another letter.", "when will it be done?",
        "a visit would be appreciated.", "could this go on the list?", "surely this is not too much to ask.",
        "other estates seem to get help, why not {estate}?", "we pay our rent like anyone else.",
        "thank you for listening.", "please put it in the plan.", "I am not holding my breath.",
        "a bit of action would make all the difference.",
    ),
}  # fmt: skip

_THEMES: dict[str, Rules] = {
    "safety": {
        "issue": (
            "the {light} {where} has been out {since}.", "I don't feel safe walking {where} {dark}.",
            "the camera {where} hasn't worked {since}.", "cars come round {street} far too fast {often}.",
            "the main door of our block doesn't lock, so anyone can walk in {often}.",
            "strangers hang about {where} {often}.", "there was another break-in {where} {recent}.",
            "e-scooters fly along the pavement {where} {often}.",
            "it's pitch black {where} {dark} and I carry a torch.",
            "the hedges {where} are so high that nobody can see you.",
            "a bike was stolen {where} {recent}, and it wasn't the first.",
            "we need a proper crossing {where}.", "I won't let my daughter use the path {where} {dark}.",
            "the door entry on {street} has been broken {since}.",
            "somebody tried the car doors along {street} {recent}.",
            "a shed was broken into on {street} {recent}.",
        ),
        "effect": (
            "", "", "", "my children won't go out on their own.", "we've stopped using that way.",
            "it puts me on edge.", "older people round here stay in.", "I go the long way round now.",
            "somebody will get hurt.", "my neighbours say the same.", "I hear every noise at night.",
        ),
        "praise": (
            "the new lights {where} have made a big difference.",
            "I do feel safe on {estate}, people look out for each other.",
            "seeing a PCSO {where} now and then has really helped.",
            "the new door on our block is solid and it locks.",
        ),
        "light": ("street light", "lamp", "lighting", "light", "light on the wall"),
        "dark": (
            "after dark", "in winter", "once it gets dark", "after about five o'clock",
            "coming home from a late shift",
        ),
    },
    "cleanliness": {
        "issue": (
            "there is {mess} {where} {often}.", "somebody keeps leaving {mess} {where}.",
            "the bins {where} overflow {often}.", "{mess} {where} again, it has been there {since}.",
            "broken glass {where} again, and kids play there.", "the dog mess {where} is a disgrace.",
            "nobody has swept {where} {since}.", "rats {where} because of the bin bags.",
            "the recycling sacks get ripped open {often} and it blows down {street}.",
            "the stairs in our block haven't been done {since}.", "the weeds {where} are up to my knee.",
            "the drains {where} stink {often}.", "the bin store on {street} is filthy.",
            "fly-tipping {where} gets cleared and is back within days.",
            "we need more bins {where}, there are none at all.",
            "the cleaners do the front and never {where}.",
            "we picked litter {where} ourselves and filled nine sacks.",
            "graffiti {where} has been there {since}.",
            "there's {mess} dumped {where}, reported it {recent}, nobody has come.",
        ),
        "effect": (
            "", "", "", "it makes the whole place feel forgotten.", "visitors notice it straight away.",
            "it brings everyone down.", "we look after our bit, it's the rest.",
            "people have given up reporting it.", "it attracts more of the same.",
            "it wasn't like this when I came.", "it's only getting worse.",
            "you can smell it from the kitchen.",
        ),
        "praise": (
            "the street cleaner on {street} does a lovely job.",
            "it looks so much better {where} since the skip day.",
            "the new bin store has made {street} a lot tidier.",
            "the rubbish {where} was gone in two days this time.",
        ),
        "often": (
            "every bin day", "every weekend", "most weeks", "every time I go past", "after windy days",
            "all the time",
        ),
        "mess": (
            "an old mattress", "a pile of rubbish bags", "a fridge", "litter", "a sofa",
            "a heap of takeaway boxes", "a heap of builders' waste", "food waste", "a broken trampoline",
            "a load of cans and bottles", "a shopping trolley", "a stack of old tyres",
        ),
    },
    "anti-social behaviour": {
        "issue": (
            "there is loud music {where} {often}.", "mini motos race {where} {often}.",
            "{group} gather {where} {often}.", "people are dealing {where} {often}, everyone can see it.",
            "there's shouting and swearing {where} {often}.", "fireworks get let off {where} {often}.",
            "next door's dog barks {often}.", "bikes tear across the grass {where} {often}.",
            "the bus shelter {where} was smashed again {recent}.",
            "the smell of weed {where} {often} is awful.",
            "eggs and stones were thrown at windows on {street} {recent}.",
            "there's drinking {where} {often}, then the arguments start.",
            "balls get kicked against my wall {often}.", "the flat above has parties {often}.",
            "wheelie bins were set on fire {where} {recent}.",
            "I was sworn at {where} {recent} for asking them to keep it down.",
            "people ring all the buzzers on {street} {often}.", "cars are revved {where} {often}.",
        ),
        "effect": (
            "", "", "", "it gets me down.", "I can't sleep.", "I dread the weekend.",
            "my neighbours say the same.", "we've kept the diary sheets and heard nothing.",
            "older people round here are fed up.", "it's only getting worse.",
            "people are too scared to report it.", "it's always the same few.",
            "I work early and it's wrecking me.",
        ),
        "praise": (
            "it has calmed down {where} since the youth club opened.",
            "the officer who came round dealt with the noise quickly.",
            "it's been quiet on {street} {since}.", "you listened about the bikes {where} and they've gone.",
        ),
        "group": (
            "lads in hoods", "big groups of teenagers", "the same crowd", "youths on bikes", "drinkers",
            "kids as young as ten",
        ),
    },
    "community spaces": {
        "issue": (
            "the play area {where} needs {need}.",
            "there is nowhere for teenagers to go on {estate} {often}.",
            "the bench {where} has been broken {since}.",
            "they cut the grass {where} and leave it lying everywhere.", "could we have {wish} {where}?",
            "the community centre on {estate} is shut {often}, just when people could use it.",
            "I'd love {wish} {where}.", "the noticeboard {where} still has posters from years ago.",
            "the swings {where} have been off their chains {since}.",
            "the trees {where} block the light and the roots lift the path.",
            "the paths {where} are too uneven for my scooter.",
            "the grass {where} floods and nobody can use it.",
            "the football goals {where} have been gone {since}.",
            "the planters {where} are full of weeds, let us have them.",
            "there used to be flowers {where}, now it's just mud.",
            "a few of us would look after {wish} {where}.",
        ),
        "effect": (
            "", "", "", "the children have nothing to do.", "people would meet each other more.",
            "I'd be happy to help if there is a group.", "my neighbours say the same.",
            "it only needs somebody to take charge.", "we could get the school involved.",
            "it's such a waste of a good space.", "it would bring people together.",
        ),
        "praise": (
            "the garden {where} is a joy, we met half the street there.",
            "the coffee morning on {estate} is the best thing here.",
            "lovely to see the planters {where} done up by residents.",
            "the park {where} is well used and well kept.",
        ),
        "where": (
            "on the green", "on {estate}", "off {street}", "behind {street}", "by the community centre",
            "near the school", "between {street} and the redway", "in the middle of {estate}",
            "opposite the shops", "by the pond", "beside the allotments", "at the {street} end",
            "where the old clubhouse was", "by the garages", "along the brook", "on the corner of {street}",
        ),
        "often": (
            "after school", "at weekends", "in the evenings", "in the holidays", "on Sundays", "after six",
            "in winter",
        ),
        "need": (
            "new swings", "a fence to keep dogs out", "something for toddlers", "soft ground",
            "a bin and a bench", "painting", "equipment a disabled child can use",
            "mending, half of it is taped off",
        ),
        "wish": (
            "a community garden", "some raised beds", "a shared planter", "some benches", "a basketball hoop",
            "fruit trees", "a proper noticeboard", "an outdoor gym", "a wild flower patch",
            "somewhere to sit in the shade", "a little library",
        ),
    },
    "repairs": {
        "issue": (
            "there's been {mould} in {room} {since}.", "I have been waiting {since} for {job}.",
            "{fixed} was mended twice and failed twice.",
            "nobody turned up for {job}, and I'd taken the day off.", "the boiler cuts out {often}.",
            "the roof leaks into {room} when it rains.",
            "I get told a different date for {job} every time I ring.",
            "the gutters on {street} pour down the wall.",
            "the windows let the wind in and {room} is freezing.",
            "the path to my door has been cracked {since}.", "the extractor fan has been broken {since}.",
            "they painted over {mould} in {room} and it came straight back.",
            "the lift on {street} is out {often}.", "the fence has been down {since} and dogs get in.",
            "the kitchen units have been falling off the wall {since}.",
            "the light in {room} trips the fuse {often}.",
            "the toilet has been running {since}, think of the water.",
            "the back door hasn't shut {since}, I push a chair against it.",
        ),
        "effect": (
            "", "", "", "it gets me down.", "my chest is bad with it.", "I'm paying to heat the street.",
            "we all sleep in one room.", "I can't keep taking days off.",
            "it's cost me a fortune in electric.", "the neighbours have the same.",
            "it's only getting worse.",
        ),
        "praise": (
            "the plumber who came was brilliant, polite and cleaned up after.",
            "{fixed} was put right the same day.", "repairs on {street} are a lot quicker than they were.",
            "the new windows in {room} are lovely and warm.",
            "a young man came about {fixed} and explained everything.",
        ),
        "mould": ("black mould", "damp", "mould", "condensation and mould", "a damp patch"),
        "room": (
            "the bathroom", "the back bedroom", "my son's room", "the hall", "the kitchen", "both bedrooms",
            "the living room",
        ),
        "fixed": (
            "the shower", "the front door", "the heating", "the leaking tap", "the ceiling", "the gutter",
            "the light in the hall",
        ),
        "job": (
            "a new front door", "the heating engineer", "the fence", "a plumber", "somebody to mend the tap",
            "the plasterer", "new windows", "the damp survey", "the guttering", "an electrician",
            "the gas check", "the loft insulation",
        ),
        "often": (
            "every few days", "at night", "in cold weather", "most mornings", "every other week",
            "for days at a time",
        ),
    },
    "other": {
        "issue": (
            "the bus from {estate} stops at seven, so I can't get home from work.",
            "the rent letter was impossible to follow.", "we never hear back after these surveys.",
            "parking on {street} is a nightmare {often}.", "the broadband on {street} is hopeless.",
            "it took {wait} to get through on the phone.",
            "I'd like to swap for a smaller place and don't know who to ask.",
            "commuters park on {street} all day.",
            "the doctor's is full and there is no chemist on {estate} any more.",
            "more should be done for people on their own.",
            "letters come addressed to somebody who left years ago.", "I've nothing much to add.",
            "we'd like more notice before works start on {street}.", "the newsletter is too small to read.",
            "the shop on {estate} closing has been a real blow.", "I waited {wait} for a call back.",
        ),
        "effect": (
            "", "", "", "", "others must be in the same boat.", "it all adds up.",
            "I know it isn't only you.", "just so you know.",
        ),
        "praise": (
            "I'm happy on {street}, nothing to add.", "good neighbours, that's what matters to me.",
            "the lady on the phone was very patient.", "moving to {estate} was the best thing we did.",
        ),
        "wait": ("forty minutes", "an hour", "three tries", "all morning", "25 minutes", "four days"),
    },
}  # fmt: skip

RULES: dict[str, Rules] = {theme: {**_SHARED, **rules} for theme, rules in _THEMES.items()}
"""The rules of each theme; a text starts from `{say}`."""
