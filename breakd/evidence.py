"""What is known of breaks, of exercise and of each exercise: how well, from whom, and what nobody knows.

Law: claims hold no figure. Figures stand in the sources alone, each beside its programme and how long that went on, so
that none is carried over to a break. Every text is a message that `breakd.texts._()` turns into the person's language
where it is shown; keys, citations and numbers of articles are none.

All was read in abstracts, tables of findings and registries, not in the whole articles.
"""

from dataclasses import asdict, dataclass
from typing import Literal

from breakd.routines.exercises import Exercise
from breakd.texts import _, later

Strength = Literal["high", "moderate", "low", "very-low", "none", "measured", "advice"]

STRENGTHS: dict[Strength, str] = {
    "high": later("high"),
    "moderate": later("moderate"),
    "low": later("low"),
    "very-low": later("very low"),
    "none": later("none: no trial was found"),
    "measured": later("a measurement, which says nothing of benefit"),
    "advice": later("advice of experts"),
}
"""How sure a claim is: as the review rates it where it does, else breakd's judgement by number, size and kind."""

READING = (
    later(
        "Strength: high and moderate are probably near the truth, low may be quite different, very low is little more "
        "than a guess. It is the review's own where it gives one, else breakd's judgement."
    ),
    later(
        "In brackets stands the 95 % interval, where the study gives one. A ratio below 1 means less often than in "
        "those it was compared with. A standardised difference of 0.2 is small, of 0.5 medium, of 0.8 large."
    ),
    later("breakd's authors read abstracts and tables of findings, not the whole articles."),
)
"""How the claims and their sources are to be read."""

VERDICT = later(
    "Nobody has tested these exercises as two-minute breaks. So: likely harmless, probably good, size unknown."
)

OWN = later("breakd knows nothing about this one.")
"""What is known of an exercise of the person's own."""


@dataclass(frozen=True, slots=True)
class Source:
    """A study. `kind` and `size` say what it was and in whom; `programme` and `length` what was done and how long.

    `effect` is what was found, with 95 % intervals in brackets. `doi` or else `pmid` finds it; one that has neither
    has its citation.
    """

    citation: str
    kind: str
    size: str
    programme: str
    length: str
    effect: str
    doi: str = ""
    pmid: str = ""

    @property
    def reference(self) -> str:
        """The citation with the number that finds it."""
        number = f"doi {self.doi}" if self.doi else f"PMID {self.pmid}" if self.pmid else ""
        return ", ".join(filter(None, (self.citation, number)))


@dataclass(frozen=True, slots=True)
class Claim:
    """What the sources, keys of SOURCES, say together, and how sure it is."""

    statement: str
    strength: Strength
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """What is known of something.

    `answer` says it in short and `unknown` what nobody knows. `as_a_break` is how sure it is that a break of minutes
    does something for a back.
    """

    id: str
    heading: str
    answer: str
    as_a_break: Strength
    claims: tuple[Claim, ...]
    unknown: str


# --- the sources --------------------------------------------------------------------------------------------------

_TRIAL = later("randomised trial")
_CLUSTER = later("trial that randomised groups")
_REVIEW = later("review of trials")
_CROSSOVER = later("laboratory trial, each person under each condition")
_LABORATORY = later("laboratory measurement")
_ONE_SESSION = later("one visit")
_DIFFERS = later("differs from trial to trial")

SOURCES = {
    # Breaks from sitting
    "waongenngarm-2021": Source(
        "Waongenngarm, Scand J Work Environ Health 2021;47(4):306-317",
        _CLUSTER,
        later("193 office workers at high risk and without pain, mostly women, in one city; 47 had the breaks"),
        later("a seat pad and an app that asked for active breaks, or for shifts of posture; against a sham pad"),
        later("6 months"),
        later(
            "new back pain: breaks 9 %, shifts 7 %, neither 33 %; hazard ratios 0.34 (0.12 to 0.98) and 0.19 (0.06 to "
            "0.66). New neck pain: 17, 17 and 44 %; hazard ratios 0.45 (0.20 to 0.98) and 0.41 (0.18 to 0.94)"
        ),
        doi="10.5271/sjweh.3949",
    ),
    "luger-2019": Source(
        "Luger, Cochrane 2019, CD012886",
        _REVIEW,
        later("6 trials in healthy workers"),
        later("more, longer or other breaks at work; against the usual ones"),
        _DIFFERS,
        later("perhaps no difference in pain, discomfort or fatigue (certainty low to very low)"),
        doi="10.1002/14651858.CD012886.pub2",
    ),
    "danquah-2017": Source(
        "Danquah, Scand J Work Environ Health 2017;43(4):350-357",
        _CLUSTER,
        later("317 workers of 19 offices"),
        later("less sitting, by support of the management and changes in the office; against work as before"),
        later("3 months"),
        later(
            "back pain: no difference. Pain in neck and shoulders: no difference after 1 month, odds ratio 0.52 (0.30 "
            "to 0.92) after 3"
        ),
        doi="10.5271/sjweh.3639",
    ),
    "waongenngarm-2018": Source(
        "Waongenngarm, Appl Ergon 2018;68:230-239",
        _REVIEW,
        later("11 trials in office workers, 8 of them randomised"),
        later("breaks of 20 seconds to 30 minutes after 5 minutes to 2 hours of work"),
        _DIFFERS,
        later(
            "breaks of any kind: conflicting for pain (low quality). Active breaks that change the posture: less pain "
            "and discomfort (moderate quality). Productivity: no worse (moderate quality)"
        ),
        pmid="29409639",
    ),
    "decarvalho-2023": Source(
        "De Carvalho, Work 2023;(2):553-566",
        _CROSSOVER,
        later("32 healthy people"),
        later("walks of 2 minutes every 40 minutes of sitting; against sitting on"),
        later("two sessions of 2 hours"),
        later("less pain in those who get it from sitting, for less than 10 minutes"),
        doi="10.3233/WOR-211266",
    ),
    "shrestha-2016": Source(
        "Shrestha, Cochrane 2016, CD010912",
        later("review of trials (there is a newer one, of 2018)"),
        later("20 studies of ways to sit less at work"),
        later("prompts on the computer, among other ways"),
        _DIFFERS,
        later("prompts: conflicting for time spent sitting; two studies found no less of it"),
        doi="10.1002/14651858.CD010912.pub3",
    ),
    "akksilp-2022": Source(
        "Akksilp, Lancet Reg Health SE Asia 2022, 100086",
        _CLUSTER,
        later("282 office workers of 18 offices"),
        later("breaks in groups, step counters, a lottery and posters; against work as before"),
        later("6 months"),
        later("sedentary time: 26.8 minutes a day less (69.2 less to 15.7 more), no clear effect"),
        doi="10.1016/j.lansea.2022.100086",
    ),
    "swartz-2014": Source(
        "Swartz, Prev Chronic Dis 2014;11:130318",
        later("randomised trial in which nobody went without prompts"),
        later("60 office workers"),
        later("prompts every hour on screen and wrist to stand up, or to stand up and walk; against before"),
        later("3 days of work"),
        later("a stretch of sitting was shorter by 16 and 19 % on average"),
        doi="10.5888/pcd11.130318",
    ),
    "dzakpasu-2021": Source(
        "Dzakpasu, Int J Behav Nutr Phys Act 2021;18:159",
        later("review of surveys and trials"),
        later("79 studies of adults"),
        later("no programme: people said how much they sit at work and whether the back hurts"),
        later("asked once"),
        later("more sitting at work goes with back pain: odds ratio 1.47 (1.12 to 1.92). Over time: too few studies"),
        doi="10.1186/s12966-021-01191-y",
    ),
    "korshoj-2018": Source(
        "Korshøj, Scand J Work Environ Health 2018;44(5):530-538",
        later("people followed over time"),
        later("665 mainly manual workers"),
        later("no programme: sitting at work was measured, pain asked for each month"),
        later("1 year"),
        later(
            "more sitting went with a better course of back pain: by 0.01 of 10 points (0.004 to 0.01) for each minute "
            "more"
        ),
        doi="10.5271/sjweh.3726",
    ),
    "bontrup-2019": Source(
        "Bontrup, Appl Ergon 2019;81:102894",
        later("survey with measurement"),
        later("64 people in a call centre, 75 % of them with some back pain"),
        later("no programme: how still they sat was measured by a mat"),
        later("400 hours in all"),
        later("those with lasting pain sat stiller, which may be chance"),
        doi="10.1016/j.apergo.2019.102894",
    ),
    "loh-2020": Source(
        "Loh, Sports Med 2020;50:295-330",
        _REVIEW,
        later("37 studies put together"),
        later("breaks with activity throughout the day; against sitting on"),
        later("a day or a few"),
        later("blood sugar lower: standardised difference -0.54 (-0.70 to -0.37)"),
        doi="10.1007/s40279-019-01183-w",
    ),
    "duran-2023": Source(
        "Duran, Med Sci Sports Exerc 2023;55(5):847-855",
        _CROSSOVER,
        later("11 adults of middle age and older"),
        later("easy walks of 1 or 5 minutes every 30 or 60 minutes; against sitting on"),
        later("a day of 8 hours for each"),
        later(
            "blood sugar lower with 5 minutes every 30 alone. Systolic blood pressure lower with each, at most by 5.2 "
            "mmHg (standard error 1.4)"
        ),
        doi="10.1249/MSS.0000000000003109",
    ),
    "who-2020": Source(
        "Bull, Br J Sports Med 2020;54:1451-1462",
        later("guideline of the World Health Organization"),
        later("adults"),
        later("moderate activity for 150 to 300 minutes, training of the muscles, and less sitting"),
        later("each week"),
        later("the studies are too thin for a number of hours or of breaks"),
        doi="10.1136/bjsports-2020-102955",
    ),
    # Exercise in general
    "steffens-2016": Source(
        "Steffens, JAMA Intern Med 2016;176:199-208",
        _REVIEW,
        later("21 trials, 30,850 people"),
        later("exercise programmes, with lessons about the back or without; against neither"),
        later("up to 1 year"),
        later(
            "a new episode of back pain: with lessons risk ratio 0.55 (0.41 to 0.74), moderate quality; without 0.65 "
            "(0.50 to 0.86), low to very low. Beyond 1 year weaker, or gone"
        ),
        doi="10.1001/jamainternmed.2015.7431",
    ),
    "sihawong-2014": Source(
        "Sihawong, Eur Spine J 2014;23:786-793",
        _CLUSTER,
        later("563 healthy office workers with stiff or weak backs"),
        later("stretching daily and training of endurance twice a week; against nothing"),
        later("12 months"),
        later(
            "new back pain: 8.8 against 19.7 %; hazard ratio 0.37 (0.22 to 0.64). How bad it was: no clear difference"
        ),
        doi="10.1007/s00586-014-3212-3",
    ),
    "hayden-2021": Source(
        "Hayden, Cochrane 2021, CD009790",
        _REVIEW,
        later("249 trials in adults with lasting back pain; of pain and function 35 and 38 of them"),
        later("exercise programmes; against no treatment, usual care or placebo"),
        later("about 3 months"),
        later(
            "pain better by 15 of 100 points (12 to 18), function by 7 (5 to 8). The review holds 15 and 10 to matter"
        ),
        doi="10.1002/14651858.CD009790.pub2",
    ),
    "verville-2023": Source(
        "Verville, J Occup Rehabil 2023;33:636-650",
        _REVIEW,
        later("the 13 better trials in adults with lasting back pain, 8 of them against nothing"),
        later("exercise programmes; against nothing"),
        _DIFFERS,
        later(
            "standardised differences: pain -0.33 (-0.58 to -0.08), function -0.31 (-0.57 to -0.05). Single kinds of "
            "exercise: mostly very low certainty. Now and then pain grew a little for a time"
        ),
        doi="10.1007/s10926-023-10124-4",
    ),
    "owen-2020": Source(
        "Owen, Br J Sports Med 2020;54:1279-1287",
        later("review of trials that ranks by indirect comparison"),
        later("89 trials, 5,578 people with lasting back pain"),
        later("exercise programmes of many kinds; against one another and against none"),
        _DIFFERS,
        later(
            "Pilates, resistance and stabilisation rank high; stretching and the McKenzie method did not differ from "
            "no treatment. The trials are small and uneven"
        ),
        doi="10.1136/bjsports-2019-100886",
    ),
    # Exercise by exercise
    "saragiotto-2016": Source(
        "Saragiotto, Cochrane 2016, CD012004",
        _REVIEW,
        later("adults with lasting back pain"),
        later("programmes of stabilisation, taught; against little care, or other exercise"),
        later("weeks; differs from trial to trial"),
        later("better than little care, no better than other exercise (quality moderate at best)"),
        doi="10.1002/14651858.CD012004",
    ),
    "emami-2015": Source(
        "Emami, Zahedan J Res Med Sci 2015;17(4)",
        _LABORATORY,
        later("30 healthy women, 20 to 30 years old"),
        later("dead bugs; against reaching on hands and knees"),
        _ONE_SESSION,
        later("the deep belly muscles work, and more so on hands and knees"),
        doi="10.17795/zjrms963",
    ),
    "kong-2015": Source(
        "Kong, J Phys Ther Sci 2015;27:2749",
        later("trial in which nobody went without exercise"),
        later("38 patients with lasting back pain"),
        later("bridges of three kinds"),
        later("8 weeks"),
        later("disability fell with each of the three"),
        doi="10.1589/jpts.27.2749",
    ),
    "ekstrom-2007": Source(
        "Ekstrom, J Orthop Sports Phys Ther 2007;37:754-762",
        _LABORATORY,
        later("30 healthy people"),
        later("bridges, among nine exercises"),
        _ONE_SESSION,
        later("muscles work below 45 % of their most: endurance rather than strength"),
        doi="10.2519/jospt.2007.2471",
    ),
    "pocovi-2024": Source(
        "Pocovi, Lancet 2024;404:134-144",
        _TRIAL,
        later("701 adults who had just recovered from back pain"),
        later(
            "WalkBack: walking, built up to 30 minutes five times a week, with six sessions and lessons by a "
            "physiotherapist; against no treatment"
        ),
        later("6 months, followed for 12 to 36"),
        later(
            "back pain that limits daily life came back: hazard ratio 0.72 (0.60 to 0.85); after 208 days (149 to 295) "
            "against 112 (89 to 140), medians. More complaints of legs and feet"
        ),
        doi="10.1016/S0140-6736(24)00755-4",
    ),
    "pocovi-2022": Source(
        "Pocovi, J Orthop Sports Phys Ther 2022;52:85-99",
        _REVIEW,
        later("19 trials, 2,362 people with lasting back pain"),
        later("programmes of walking or running; against little or nothing, or other treatments"),
        _DIFFERS,
        later(
            "pain, standardised differences: -0.23 (-0.35 to -0.10) against little or nothing (high certainty); worse "
            "than other treatments by 0.81 (0.28 to 1.34, low certainty)"
        ),
        doi="10.2519/jospt.2022.10612",
    ),
    "segal-snir-2016": Source(
        "Segal-Snir, J Back Musculoskelet Rehabil 2016;29(3):467-475",
        _TRIAL,
        later("35 women with lasting back pain"),
        later("classes of exercises that turn the spine; against a waiting list"),
        later("4 weeks, and 8 weeks later"),
        later("no difference in pain, disability or how far the back turns"),
        doi="10.3233/BMR-150642",
    ),
    "giangregorio-2015": Source(
        "Giangregorio, Osteoporos Int 2015;26:891-910",
        later("agreement of experts"),
        later("for adults with thin bones, with a spine fracture or without"),
        later("no programme: what to do and what to avoid"),
        later("two rounds of questions"),
        later("move and train, but do not turn to the end of the range, or over planted feet"),
        doi="10.1007/s00198-014-2881-4",
    ),
    "clemente-2022": Source(
        "Clemente, Front Physiol 2022, 948469",
        _LABORATORY,
        later("30 healthy women who move little"),
        later("exercises on hands and knees, with the knees on the floor"),
        _ONE_SESSION,
        later("muscles of belly and back worked at about half of what they did in a hold for comparison (44 to 51 %)"),
        doi="10.3389/fphys.2022.948469",
    ),
    "almeida-2023": Source(
        "Almeida, Cochrane 2023, CD009711",
        _REVIEW,
        later("5 trials, 563 people with back pain for less than 12 weeks"),
        later("the McKenzie method, fitted to each by a therapist; against a booklet"),
        later("weeks; differs from trial to trial"),
        later(
            "pain better by 7.3 of 100 points (2.6 to 12.0) soon, later by 5.0 (from 14.3 better to 4.3 worse); "
            "disability no clear difference (low certainty). No trial measured harms"
        ),
        doi="10.1002/14651858.CD009711.pub2",
    ),
    "machado-2010": Source(
        "Machado, BMC Med 2010;8:10",
        _TRIAL,
        later("148 people with new back pain"),
        later("the McKenzie method by therapists, with advice and paracetamol; against those alone"),
        later("3 weeks"),
        later("pain better by 0.7 of 10 points (0.1 to 1.2); disability no better"),
        doi="10.1186/1741-7015-8-10",
    ),
    "larsen-2002": Source(
        "Larsen, Spine 2002;27:2747-2752",
        _TRIAL,
        later("314 young conscripts, of whom 249 took part"),
        later("press-ups daily and one lesson of 40 minutes; against nothing"),
        later("10 months"),
        later("back problems in a year: 33 against 51 %"),
    ),
    "callaghan-1998": Source(
        "Callaghan, Phys Ther 1998;78:8-18",
        _LABORATORY,
        later("13 young men"),
        later("exercises for the back, face down and on hands and knees"),
        _ONE_SESSION,
        later("lifting the trunk face down loads the spine most, lifting one leg on hands and knees little"),
        pmid="9442191",
    ),
}  # fmt: skip
"""The studies, by their keys."""

# --- what they say ------------------------------------------------------------------------------------------------

BREAKS = Topic(
    "breaks",
    later("Breaks from sitting"),
    later(
        "Reminded active breaks lowered new back pain in one small trial of office workers; other trials of breaks "
        "found no effect on the back. A two-minute walk relieves the ache of sitting for minutes."
    ),
    "low",
    (
        Claim(
            later(
                "Reminded active breaks, and reminded shifts of posture, lowered new pain of back and neck in one "
                "small trial."
            ),
            "low",
            ("waongenngarm-2021",),
        ),
        Claim(
            later("Other trials found no effect of breaks, or of less sitting, on the back."),
            "low",
            ("luger-2019", "danquah-2017"),
        ),
        Claim(
            later(
                "A review of trials that found an effect and of trials that found none: of breaks of any kind they "
                "disagree; for active breaks that change the posture it looks better."
            ),
            "low",
            ("waongenngarm-2018",),
        ),
        Claim(later("A short walk relieves the ache of sitting, for minutes."), "low", ("decarvalho-2023",)),
        Claim(
            later("Whether prompts make people sit less is not clear: some studies found so, others did not."),
            "low",
            ("shrestha-2016", "akksilp-2022", "swartz-2014"),
        ),
        Claim(
            later(
                "People who sit more at work have back pain more often, which cannot tell what comes first; where "
                "manual workers were followed, more sitting went with a slightly better course."
            ),
            "very-low",
            ("dzakpasu-2021", "korshoj-2018", "bontrup-2019"),
        ),
        Claim(
            later("Breaks lower blood sugar and blood pressure on the same day. That says nothing of backs."),
            "moderate",
            ("loh-2020", "duran-2023"),
        ),
        Claim(
            later("The guideline for all adults asks for activity and less sitting; it sets no number of breaks."),
            "advice",
            ("who-2020",),
        ),
    ),
    later(
        "which interval, length or kind of break is best for a back (the half hour between two of breakd's rests on "
        "comfort and blood sugar); whether prompts still work after a year; whether a skipped break matters"
    ),
)

EXERCISE = Topic(
    "exercise",
    later("Exercise for backs, in general"),
    later(
        "Regular exercise lowers the chance of a new episode of back pain and eases lasting back pain a little to "
        "moderately; no kind is clearly best."
    ),
    "none",
    (
        Claim(
            later(
                "Exercise with lessons about the back lowers the chance of a new episode within a year, exercise "
                "alone perhaps as well; later the effect is weaker or gone."
            ),
            "moderate",
            ("steffens-2016",),
        ),
        Claim(
            later(
                "A year of stretching and training lowered new back pain in office workers with stiff or weak backs, "
                "but not how bad it was."
            ),
            "low",
            ("sihawong-2014",),
        ),
        Claim(
            later("Exercise programmes ease lasting back pain a little to moderately."),
            "moderate",
            ("hayden-2021", "verville-2023"),
        ),
        Claim(later("No kind of exercise is clearly best."), "very-low", ("owen-2020",)),
    ),
    later("how little of it is enough; whether it does anything in pieces of two minutes"),
)

_DEAD_BUGS = Topic(
    "dead-bugs",
    later("Dead bugs"),
    later(
        "Weak evidence: dead bugs are part of stabilisation programmes that last weeks; alone they were not tested. "
        "They make the belly muscles work."
    ),
    "very-low",
    (
        Claim(
            later(
                "Programmes of stabilisation, of which dead bugs are a part, help lasting back pain more than little "
                "care does, and no more than other exercise."
            ),
            "low",
            ("saragiotto-2016",),
        ),
        Claim(
            later("Dead bugs make the deep belly muscles work; reaching on hands and knees does so more."),
            "measured",
            ("emami-2015",),
        ),
    ),
    later("what dead bugs do by themselves, and what a few of them do in a break"),
)

_BRIDGES = Topic(
    "bridges",
    later("Bridges"),
    later(
        "Weak evidence: in a programme of weeks disability fell, but nobody went without exercise for comparison. "
        "They train endurance rather than strength."
    ),
    "very-low",
    (
        Claim(
            later(
                "Patients who did bridges for weeks became less disabled; nobody went without, so the cause is open."
            ),
            "very-low",
            ("kong-2015",),
        ),
        Claim(later("Bridges train endurance rather than strength."), "measured", ("ekstrom-2007",)),
    ),
    later("whether bridges do better than no exercise, and what a few of them do in a break"),
)

_WALK = Topic(
    "walk",
    later("Short walk"),
    later(
        "Moderate evidence for a walking programme of months with lessons, weak for a short walk, which relieves the "
        "ache of sitting for minutes."
    ),
    "very-low",
    (
        Claim(
            later(
                "A walking programme with lessons and a physiotherapist put off the next episode in people who had "
                "just recovered; it brought more complaints of legs and feet."
            ),
            "moderate",
            ("pocovi-2024",),
        ),
        Claim(
            later("Programmes of walking or running ease lasting back pain a little more than nothing does."),
            "high",
            ("pocovi-2022",),
        ),
        Claim(
            later("They ease it less than the other treatments that they were compared with."),
            "low",
            ("pocovi-2022",),
        ),
        Claim(later("A short walk relieves the ache of sitting, for minutes."), "low", ("decarvalho-2023",)),
    ),
    later("what the walking alone did in the programme, and whether walks of minutes prevent anything"),
)

_HELICOPTERS = Topic(
    "helicopters",
    later("Helicopters"),
    later("No trial of standing trunk swings was found. They break up sitting, and that is all one may say."),
    "none",
    (
        Claim(
            later(
                "The nearest that was found: classes of exercises that turn the spine showed no effect in women with "
                "lasting back pain."
            ),
            "very-low",
            ("segal-snir-2016",),
        ),
        Claim(
            later("With thin bones or after a spine fracture, experts advise against turning as far as one can."),
            "advice",
            ("giangregorio-2015",),
        ),
    ),
    later("whether they help a back, or loosen anything for longer"),
)

_KNEE_HOVERS = Topic(
    "knee-hovers",
    later("Knee hovers"),
    later("No trial was found. Exercises on hands and knees make the deep muscles of belly and back work."),
    "none",
    (
        Claim(
            later("Exercises on hands and knees, the knees on the floor, make muscles of belly and back work."),
            "measured",
            ("clemente-2022", "emami-2015"),
        ),
    ),
    later("whether hovering does anything for a back"),
)

_PRESS_UPS = Topic(
    "press-ups",
    later("Press-ups (lying back bend)"),
    later(
        "Low certainty: press-ups belong to the McKenzie method, which a therapist fits to each person. It eased new "
        "back pain a little for some weeks, and later not clearly; no trial measured harms."
    ),
    "low",
    (
        Claim(
            later("The McKenzie method eases new back pain a little for some weeks; later nothing is clear."),
            "low",
            ("almeida-2023", "machado-2010"),
        ),
        Claim(
            later("Daily press-ups and a lesson lowered back problems in young conscripts, who are no office workers."),
            "low",
            ("larsen-2002",),
        ),
        Claim(
            later("For lasting back pain one ranking found the McKenzie method no different from no treatment."),
            "very-low",
            ("owen-2020",),
        ),
    ),
    later("what press-ups do without a therapist, and who gets worse"),
)

_SUPERMANS = Topic(
    "supermans",
    later("Supermans"),
    later(
        "Weak evidence: their load was looked at, not their benefit. Lifting the trunk face down loads the spine most, "
        "lifting one leg on hands and knees little: the easier version is the better start."
    ),
    "very-low",
    (
        Claim(
            later(
                "Of the exercises measured, lifting the trunk face down loads the spine most, lifting one leg on hands "
                "and knees little. One arm with one leg, face down, was not measured."
            ),
            "measured",
            ("callaghan-1998",),
        ),
    ),
    later("what they do by themselves, and how safe they are with back pain"),
)

EXERCISES = {
    topic.id: topic
    for topic in (_DEAD_BUGS, _BRIDGES, _WALK, _HELICOPTERS, _KNEE_HOVERS, _PRESS_UPS, _SUPERMANS)
}  # fmt: skip
"""The seven, by their ids."""

TOPICS = {topic.id: topic for topic in (BREAKS, EXERCISE, *EXERCISES.values())}
"""All that something is known of, in the order in which it is told."""

_ALTERNATIVES = {
    "standing": Topic(
        "standing",
        later("Standing alternatives"),
        later(
            "breakd's own alternative to an exercise on the floor; it breaks up sitting. breakd knows of no trial of "
            "it as a break."
        ),
        "none",
        (),
        later("what it does for a back"),
    ),
    "seated": Topic(
        "seated",
        later("Seated alternatives"),
        later(
            "breakd's own alternative for a chair; it changes how you sit. breakd knows of no trial of it as a break."
        ),
        "none",
        (),
        later("what it does for a back"),
    ),
}


def of(exercise: Exercise) -> Topic | None:
    """Return what is known of the exercise as it is done; None for one of the person's own."""
    if not exercise.figure:
        return None
    return EXERCISES.get(exercise.figure) or _ALTERNATIVES[exercise.position]


def sources(topic: Topic) -> tuple[Source, ...]:
    """Return the sources of its claims, each once."""
    return tuple(SOURCES[key] for key in dict.fromkeys(key for claim in topic.claims for key in claim.sources))


def in_short(topic: Topic) -> str:
    """Return the answer and what is not known, in the person's language."""
    return _("{answer} Not known: {unknown}.").format(answer=_(topic.answer), unknown=_(topic.unknown))


def summary() -> str:
    """Return what is known of breaks and exercise, in one paragraph and the person's language."""
    return " ".join(map(_, (EXERCISE.answer, BREAKS.answer, VERDICT)))


def record(topic: Topic) -> dict[str, object]:
    """Return the topic for programs, in English: every claim with all of its sources."""
    claims = [
        {
            "statement": claim.statement,
            "strength": claim.strength,
            "sources": [{"key": key, **asdict(SOURCES[key])} for key in claim.sources],
        }
        for claim in topic.claims
    ]
    return asdict(topic) | {"claims": claims}
