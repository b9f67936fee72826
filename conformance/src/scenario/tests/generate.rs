//! Strategies for whole scenarios that are correct: names are given before they are used, lines and members exist.

use std::time::Duration;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::scenario::ast::*;
use crate::scenario::form::{Hole, Slot};
use crate::scenario::source::{Source, Spanned};
use crate::scenario::verbs::{Place, VERBS, Verb};
use crate::scenario::vocabulary::{
    CALL_REPORTS, CAPABILITIES, FieldContent, LINE_REPORTS, found, mode_family,
};
use crate::tspi::{self, Family, Function, constants};

fn at<T>(node: T) -> Spanned<T> {
    Spanned::new(node, Default::default())
}

fn name(text: &str) -> Name {
    at(text.to_owned())
}

fn member_of(family: &'static Family) -> impl Strategy<Value = Name> {
    (0..family.constants.len()).prop_map(|index| name(family.constants[index].name))
}

fn members_of(family: &'static Family, count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Name>> {
    vec(member_of(family), count)
}

fn duration() -> impl Strategy<Value = Spanned<Duration>> {
    (0_u64..=3_600_000).prop_map(|ms| at(Duration::from_millis(ms)))
}

fn text() -> impl Strategy<Value = Spanned<String>> {
    any::<String>().prop_map(|text| at(text.replace('\0', "")))
}

fn data() -> impl Strategy<Value = Spanned<Vec<u8>>> {
    vec(any::<u8>(), 0..8).prop_map(at)
}

fn phone() -> impl Strategy<Value = Spanned<String>> {
    "[0-9*#+A-D]{1,12}".prop_map(at)
}

/// Line 1 or 2 of the provider P, which every scenario here has, said or not.
fn line() -> impl Strategy<Value = LineRef> {
    let provider = option::of(prop_oneof![Just(name("P")), Just(name("Other_2"))]);
    (1_u32..=2, provider).prop_map(|(number, provider)| LineRef {
        number: at(number),
        provider,
    })
}

fn change() -> impl Strategy<Value = Change> {
    let behaviour = prop_oneof![
        duration().prop_map(Behaviour::AnswersAfter),
        Just(Behaviour::Busy),
        Just(Behaviour::NeverAnswers)
    ];
    prop_oneof![
        (phone(), behaviour).prop_map(|(number, behaviour)| Change::Station { number, behaviour }),
        (line(), any::<bool>()).prop_map(|(line, present)| Change::DialTone { line, present }),
        phone().prop_map(|number| Change::Switch(at(format!("hold {}", number.node)))),
        (line(), option::of(any::<u32>())).prop_map(|(line, seed)| Change::Faults {
            line,
            faults: Some(name("drop=1%, to-client:split=1/5ms")),
            seed: seed.map(at),
        }),
        line().prop_map(|line| Change::Faults {
            line,
            faults: None,
            seed: None,
        }),
        (line(), modem_state()).prop_map(|(line, state)| Change::Modem { line, state }),
    ]
}

fn modem_state() -> impl Strategy<Value = ModemState> {
    prop_oneof![
        Just(ModemState::InOrder),
        Just(ModemState::GivesNoReply),
        text().prop_map(ModemState::RepliesWrongly),
        duration().prop_map(ModemState::RepliesLate),
        Just(ModemState::EchoesEverything),
        duration().prop_map(ModemState::SaysRing),
        any::<bool>().prop_map(ModemState::Power),
    ]
}

fn setup() -> impl Strategy<Value = Setup> {
    prop_oneof![
        (line(), phone()).prop_map(|(line, number)| Setup::Number { line, number }),
        (line(), 1_u64..=255).prop_map(|(line, after)| Setup::GivesUpAfter {
            line,
            after: at(Duration::from_secs(after))
        }),
        change().prop_map(Setup::Change),
    ]
}

fn need() -> impl Strategy<Value = Need> {
    let functions: Vec<&'static str> = tspi::functions().map(|function| function.name).collect();
    let capability = (0..CAPABILITIES.len()).prop_flat_map(|index| {
        let (family, structure, field) = CAPABILITIES[index];
        member_of(family).prop_map(move |constant| Need::Capability {
            structure,
            field,
            constant: constant.node,
        })
    });
    prop_oneof![
        Just(Need::Modem),
        Just(Need::Pbx),
        proptest::sample::select(functions).prop_map(|function| Need::Function(function.to_owned())),
        capability,
    ]
}

fn states(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<CallState>> {
    let state = member_of(&constants::LINECALLSTATE).prop_flat_map(|state| match mode_family(&state) {
        Some(family) => members_of(family, 0..3)
            .prop_map(move |modes| CallState {
                state: state.clone(),
                modes,
            })
            .boxed(),
        None => Just(CallState {
            state,
            modes: Vec::new(),
        })
        .boxed(),
    });
    vec(state, count)
}

fn ending() -> impl Strategy<Value = Ending> {
    let errors = || members_of(&constants::LINEERR, 0..3);
    prop_oneof![
        Just(Ending::Completes),
        errors().prop_map(Ending::Fails),
        errors().prop_map(Ending::CompletesOrFails)
    ]
}

/// The row that begins with these words and has this many slots.
fn verb(words: &str, slots: usize) -> &'static Verb {
    VERBS
        .iter()
        .find(|verb| verb.form.to_string().starts_with(words) && verb.form.holes().len() == slots)
        .expect("a verb")
}

/// A step of this row whose slots hold these values.
fn call(verb: &'static Verb, slots: Vec<Option<Given>>) -> Action {
    Action {
        verb,
        slots,
        function: verb.function().expect("it calls one function"),
        with: Vec::new(),
    }
}

/// A value for a slot, of the names that every scenario here has; `None` for a slot that gives or ends a name.
fn given(hole: Hole) -> Option<BoxedStrategy<Given>> {
    let named = |kind, text: &str| Just(Given::Name(kind, name(text))).boxed();
    Some(match hole.slot {
        Slot::Line => named(NameKind::Line, "L"),
        Slot::Call => named(NameKind::Call, "C"),
        Slot::OpenPhone => named(NameKind::Phone, "H"),
        Slot::Msp => named(NameKind::MspInstance, "M"),
        Slot::Device => line().prop_map(Given::Line).boxed(),
        Slot::PhoneDevice => Just(Given::Phone(LineRef {
            number: at(1),
            provider: None,
        }))
        .boxed(),
        Slot::Provider => Just(Given::Provider(name("P"))).boxed(),
        Slot::Dialable | Slot::Digits | Slot::Text | Slot::Class => text().prop_map(Given::Text).boxed(),
        Slot::Bytes => data().prop_map(Given::Bytes).boxed(),
        Slot::Count => any::<u32>()
            .prop_map(|number| Given::Number(at(u64::from(number))))
            .boxed(),
        Slot::Duration => duration().prop_map(Given::Duration).boxed(),
        Slot::Version => any::<u32>()
            .prop_map(|version| Given::Version(at(version)))
            .boxed(),
        Slot::Switch => any::<bool>().prop_map(|on| Given::Switch(at(on))).boxed(),
        Slot::Media => members_of(&constants::LINEMEDIAMODE, 1..3)
            .prop_map(Given::Constants)
            .boxed(),
        Slot::Constants => match hole.family {
            Some(family) => members_of(family, 1..3).prop_map(Given::Constants).boxed(),
            None => Just(Given::Number(at(7))).boxed(),
        },
        _ => return None,
    })
}

/// A row of which every slot can hold such a value, with them; optional parts are there.
fn action() -> impl Strategy<Value = Action> {
    let rows: Vec<&'static Verb> = VERBS
        .iter()
        .filter(|verb| verb.place == Place::App && verb.function().is_some())
        .filter(|verb| verb.form.holes().into_iter().all(|hole| given(hole).is_some()))
        .collect();
    assert!(rows.len() > 60, "{} rows", rows.len());
    proptest::sample::select(rows).prop_flat_map(|verb| {
        let slots: Vec<BoxedStrategy<Given>> = verb.form.holes().into_iter().filter_map(given).collect();
        let country = any::<u32>().prop_map(|code| Given::Number(at(u64::from(code))));
        (slots, option::of(country)).prop_map(move |(slots, country)| {
            let mut action = call(verb, slots.into_iter().map(Some).collect());
            let takes_country = |function: &Function| function.arg("dwCountryCode").is_some();
            if let Some(country) = country.filter(|_| takes_country(action.function)) {
                action.with = vec![(name("dwCountryCode"), country)];
            }
            action
        })
    })
}

fn station_step() -> impl Strategy<Value = StepKind> {
    let caller_id = option::of((option::of(text()), option::of(text())))
        .prop_map(|shown| shown.map(|(number, name)| CallerId { number, name }));
    let action = prop_oneof![
        (line(), caller_id).prop_map(|(line, caller_id)| StationAction::Calls { line, caller_id }),
        Just(StationAction::Answers),
        Just(StationAction::HangsUp),
        data().prop_map(StationAction::Sends),
    ];
    (phone(), action).prop_map(|(number, action)| StepKind::Station { number, action })
}

fn application() -> impl Strategy<Value = StepKind> {
    let line = vec(
        prop_oneof![
            member_of(&constants::LINEDEVSTATE),
            member_of(&constants::LINEADDRESSSTATE)
        ],
        1..4,
    );
    let phone = vec(
        prop_oneof![
            member_of(&constants::PHONESTATE),
            member_of(&constants::PHONEBUTTONMODE),
            member_of(&constants::PHONEBUTTONSTATE)
        ],
        1..4,
    );
    let watches = |on: &'static str| move |states| Wants::Reports { on: name(on), states };
    let wants = prop_oneof![
        line.prop_map(watches("L")),
        phone.prop_map(watches("H")),
        members_of(&constants::LINEMEDIAMODE, 1..3).prop_map(|media| Wants::Calls { on: name("L"), media }),
        prop_oneof![Just("L"), Just("H")].prop_map(|on| Wants::Nothing { on: name(on) }),
    ];
    ("[A-Z][a-z]{0,4}", wants).prop_map(|(called, wants)| StepKind::Application {
        name: name(&called),
        wants,
    })
}

fn station_event() -> impl Strategy<Value = StationEvent> {
    prop_oneof![
        Just(StationEvent::Rings),
        Just(StationEvent::IsAnswered),
        Just(StationEvent::HearsBusyTone),
        Just(StationEvent::HearsHangUp),
        data().prop_map(StationEvent::Receives),
        text().prop_map(StationEvent::ReceivesDigits),
    ]
}

fn reports() -> impl Strategy<Value = ExpectationKind> {
    let kinds: Vec<_> = CALL_REPORTS
        .iter()
        .map(|report| (report, "C"))
        .chain(LINE_REPORTS.iter().map(|report| (report, "L")))
        .collect();
    proptest::sample::select(kinds).prop_flat_map(|((family, message), of)| {
        members_of(family, 1..3).prop_map(move |any_of| ExpectationKind::Reports {
            message: *message,
            of: name(of),
            any_of,
        })
    })
}

fn timed() -> impl Strategy<Value = Expectation> {
    let kind = prop_oneof![
        states(1..4).prop_map(|states| ExpectationKind::State {
            call: name("C"),
            states
        }),
        states(1..4).prop_map(|states| ExpectationKind::Reaches {
            call: name("C"),
            states
        }),
        reports(),
        (phone(), station_event()).prop_map(|(number, event)| ExpectationKind::Station { number, event }),
        (any::<bool>(), text()).prop_map(|(receives, text)| ExpectationKind::Switch { receives, text }),
    ];
    (kind, option::of(duration())).prop_map(|(kind, within)| Expectation { kind, within })
}

/// A member of LINECALLINFO and something that it can be compared with.
fn look() -> impl Strategy<Value = Expectation> {
    let function = tspi::function("TSPI_lineGetCallInfo").expect("a function");
    let members: Vec<_> = found(function)
        .into_iter()
        .filter(|(_, content)| *content != FieldContent::Other)
        .collect();
    let kind = proptest::sample::select(members).prop_flat_map(|(field, content)| {
        let number = || any::<u32>().prop_map(at);
        let comparison = match content {
            FieldContent::Text => vec(text().prop_map(Value::Text), 1..3)
                .prop_map(Comparison::Is)
                .boxed(),
            FieldContent::Number(None) | FieldContent::Other => prop_oneof![
                vec(number().prop_map(Value::Number), 1..3).prop_map(Comparison::IsNot),
                number().prop_map(Comparison::AtLeast),
                number().prop_map(Comparison::AtMost),
            ]
            .boxed(),
            FieldContent::Number(Some(family)) => prop_oneof![
                vec(member_of(family).prop_map(Value::Constant), 1..3).prop_map(Comparison::Is),
                members_of(family, 1..3).prop_map(Comparison::Has),
                members_of(family, 1..3).prop_map(Comparison::Lacks),
            ]
            .boxed(),
        };
        comparison.prop_map(move |comparison| ExpectationKind::Field {
            field: name(field),
            comparison,
        })
    });
    kind.prop_map(|kind| Expectation { kind, within: None })
}

/// Steps that belong together: those that give a name also end it.
fn steps() -> impl Strategy<Value = Vec<StepKind>> {
    let ends = |action, ending| StepKind::App {
        action,
        outcome: Outcome::Ends(ending),
    };
    let completes = move |action| ends(action, Ending::Completes);
    let alone = prop_oneof![
        (action(), ending()).prop_map(move |(action, ending)| {
            let ending = match action.function.name.starts_with("TSPI_phone") {
                true => Ending::Completes, // its errors are others
                false => ending,
            };
            ends(action, ending)
        }),
        station_step(),
        change().prop_map(StepKind::Change),
        line().prop_map(|line| StepKind::Cut { line }),
        duration().prop_map(StepKind::Wait),
        application(),
        (any::<u32>(), option::of(Just("Other_2"))).prop_map(|(count, provider)| StepKind::RefuseNewCalls {
            count: at(count),
            provider: provider.map(name),
        }),
        prop_oneof![Just("L"), Just("H")].prop_map(|of| {
            let kind = ExpectationKind::OnlyAsked { of: name(of) };
            StepKind::Expect(Expectation { kind, within: None })
        }),
        timed().prop_map(StepKind::Expect),
        duration().prop_map(|lasting| {
            let kind = ExpectationKind::Nothing {
                call: name("C"),
                lasting,
            };
            StepKind::Expect(Expectation { kind, within: None })
        }),
    ];
    let once = (vec((action(), option::of(1_u32..=64), ending()), 1..4)).prop_map(|all| {
        let steps = all.into_iter().map(|(action, times, ending)| {
            let ending = match action.function.name.starts_with("TSPI_phone") {
                true => Ending::Completes, // its errors are others
                false => ending,
            };
            let times = times.map(at);
            StepKind::AtOnce {
                times,
                action,
                ending,
            }
        });
        steps.filter(|step| !matches!(step, StepKind::AtOnce { action, .. } if action.function.name == "TUISPI_providerGenericDialog"))
            .collect::<Vec<_>>()
    });
    let begun = (ending(), option::of(duration())).prop_map(|(ending, within)| {
        let begin = StepKind::App {
            action: call(
                verb("drop C", 1),
                vec![Some(Given::Name(NameKind::Call, name("C")))],
            ),
            outcome: Outcome::Begun(name("R")),
        };
        let kind = ExpectationKind::Request {
            request: name("R"),
            ending,
        };
        vec![begin, StepKind::Expect(Expectation { kind, within })]
    });
    let query = || {
        call(
            verb("query LINECALLINFO", 1),
            vec![Some(Given::Name(NameKind::Call, name("C")))],
        )
    };
    let looked = look().prop_map(move |look| vec![completes(query()), StepKind::Expect(look)]);
    let waited = (look(), option::of(duration())).prop_filter_map("a look", move |(look, within)| {
        let ExpectationKind::Field { field, comparison } = look.kind else {
            return None;
        };
        let until = Until {
            field,
            comparison,
            within,
        };
        Some(vec![StepKind::App {
            action: query(),
            outcome: Outcome::Until(until),
        }])
    });
    let incoming = (states(0..3), option::of(duration())).prop_map(move |(states, within)| {
        let kind = ExpectationKind::IncomingCall {
            bind: name("D"),
            line: name("L"),
            states,
        };
        let close = completes(call(
            verb("close call", 1),
            vec![Some(Given::Last(NameKind::Call, name("D")))],
        ));
        vec![StepKind::Expect(Expectation { kind, within }), close]
    });
    prop_oneof![
        alone.prop_map(|step| vec![step]),
        once,
        begun,
        looked,
        waited,
        incoming
    ]
}

/// A whole scenario.
pub(super) fn scenario() -> impl Strategy<Value = Scenario> {
    let completes = |action| StepKind::App {
        action,
        outcome: Outcome::Ends(Ending::Completes),
    };
    let used = |kind, text: &str| Some(Given::Name(kind, name(text)));
    let new = |kind, text: &str| Some(Given::New(kind, name(text)));
    let media = option::of(members_of(&constants::LINEMEDIAMODE, 1..3).prop_map(Given::Constants));
    let make = (option::of(text().prop_map(Given::Text)), media).prop_map(move |(to, media)| {
        let slots = vec![new(NameKind::Call, "C"), used(NameKind::Line, "L"), to, media];
        completes(call(verb("make call", 4), slots))
    });
    let open = line().prop_map(move |line| {
        let slots = vec![Some(Given::Line(line)), new(NameKind::Line, "L")];
        completes(call(verb("open line", 2), slots))
    });
    let phone = Given::Phone(LineRef {
        number: at(1),
        provider: None,
    });
    let phone = completes(call(
        verb("open phone", 2),
        vec![Some(phone), new(NameKind::Phone, "H")],
    ));
    let instance = completes(call(
        verb("create MSP instance", 2),
        vec![new(NameKind::MspInstance, "M"), used(NameKind::Line, "L")],
    ));
    let title = "[A-Za-z\"][A-Za-z\":,. ]{0,20}[a-z.]".prop_map(at);
    let body = (open, make, vec(steps(), 0..8)).prop_map(move |(open, make, steps)| {
        let close = completes(call(
            verb("close line", 1),
            vec![Some(Given::Last(NameKind::Line, name("L")))],
        ));
        [open, make, phone.clone(), instance.clone()]
            .into_iter()
            .chain(steps.into_iter().flatten())
            .chain([close])
            .collect::<Vec<_>>()
    });
    (title, vec(need(), 0..3), 2_u32..=1000, vec(setup(), 0..4), body).prop_map(
        |(title, needs, lines, setup, body)| Scenario {
            source: Source::default(),
            title,
            needs: needs.into_iter().map(at).collect(),
            providers: [("P", 2), ("Other_2", lines)]
                .map(|(named, lines)| Provider {
                    name: name(named),
                    lines: at(lines),
                    phones: at(lines % 3 + u32::from(named == "P")),
                    version: (lines % 2 == 0).then(|| at(0x0001_0004)),
                })
                .to_vec(),
            setup: setup.into_iter().map(at).collect(),
            steps: body.into_iter().map(step).collect(),
        },
    )
}

fn step(kind: StepKind) -> Step {
    Step {
        kind,
        span: Default::default(),
        line: 0,
        text: String::new(),
    }
}
