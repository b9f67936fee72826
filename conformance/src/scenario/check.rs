//! What the words of a line alone do not show: whether a name stands for something of the right kind, whether lines and
//! providers exist, and whether a member belongs to the structure that was queried.

use std::collections::{HashMap, HashSet};

use super::ast::{
    Comparison, Ending, Expectation, ExpectationKind, LineRef, Name, NameKind, Outcome, Scenario, Setup,
    Step, StepKind, Value,
};
use super::error::{Mistake, MistakeKind};
use super::reader::Mention;
use super::source::{Span, Spanned};
use super::vocabulary::{FieldContent, found, found_in, nearest};
use crate::tspi::{self, Family, Function};

impl NameKind {
    fn what(self) -> &'static str {
        match self {
            NameKind::Line => "an open line",
            NameKind::Call => "a call",
            NameKind::Request => "a request",
            NameKind::Phone => "an open phone",
            NameKind::MspInstance => "an MSP instance",
            NameKind::Dialog => "a dialog instance",
        }
    }

    /// How such a thing gets its name.
    fn origin(self) -> &'static str {
        match self {
            NameKind::Line => "`open line 1 as L` opens a line and calls it L",
            NameKind::Call => "`make call C on L` and `expect call C on L` give a call the name C",
            NameKind::Request => "`begin drop C as R` gives a request the name R",
            NameKind::Phone => "`open phone 1 as H` opens a phone and calls it H",
            NameKind::MspInstance => "`create MSP instance M on L` gives one the name M",
            NameKind::Dialog => "`expect dialog instance I` gives one the name I",
        }
    }
}

/// What a name stands for.
#[derive(Debug)]
struct Bound {
    kind: NameKind,
    at: Span,
    ended: Option<Span>,
}

/// Goes through a scenario step by step.
pub(super) struct Checker<'s> {
    scenario: &'s Scenario,
    doubtful: &'s HashSet<String>,
    bound: HashMap<&'s str, Bound>,
    queried: Option<&'static Function>,
    /// What the requests that were begun will find, by their names.
    begun: HashMap<&'s str, &'static Function>,
    /// Names that the steps which are made at once with this one have given, and those that they have used.
    at_once: (HashSet<&'s str>, HashSet<&'s str>),
    /// Line devices that providers have gained, by the place of the provider; and phones.
    gained: HashMap<(usize, &'static str), u32>,
    pub(super) mistakes: Vec<Mistake>,
}

impl<'s> Checker<'s> {
    /// Names among `doubtful` are not checked: a line that gives or ends them may be one that could not be read.
    pub(super) fn new(scenario: &'s Scenario, doubtful: &'s HashSet<String>) -> Self {
        Self {
            scenario,
            doubtful,
            bound: HashMap::new(),
            queried: None,
            begun: HashMap::new(),
            at_once: Default::default(),
            gained: HashMap::new(),
            mistakes: Vec::new(),
        }
    }

    pub(super) fn setup(&mut self, mentions: &[Mention]) {
        for mention in mentions {
            if let Mention::Device(line) = mention {
                self.device("line", line);
            }
        }
    }

    pub(super) fn step(&mut self, step: &'s Step, mentions: &'s [Mention]) {
        let fails = matches!(
            &step.kind,
            StepKind::App {
                outcome: Outcome::Ends(Ending::Fails(_)),
                ..
            } | StepKind::AtOnce {
                ending: Ending::Fails(_),
                ..
            }
        );
        match &step.kind {
            StepKind::AtOnce { .. } => self.made_at_once(mentions),
            _ => self.at_once = Default::default(),
        }
        for mention in mentions {
            match mention {
                Mention::Device(line) => self.device("line", line),
                Mention::PhoneDevice(phone) => self.device("phone", phone),
                Mention::Provider(name) => self.provider(name),
                Mention::Its(field) => self.field(field, None),
                Mention::Use(kind, name) => self.uses(&[*kind], name),
                Mention::UseAny(kinds, name) => self.uses(kinds, name),
                Mention::End(kind, name) => {
                    self.uses(&[*kind], name);
                    if let Some(bound) = self.bound.get_mut(name.as_str()).filter(|_| !fails) {
                        bound.ended.get_or_insert(name.span);
                    }
                }
                Mention::Bind(kind, name) => self.binds(*kind, name, fails),
            }
        }
        match &step.kind {
            StepKind::App { action, outcome } if !fails && !found(action.function).is_empty() => {
                match outcome {
                    Outcome::Begun(request) => drop(self.begun.insert(request.as_str(), action.function)),
                    Outcome::Ends(_) => self.queried = Some(action.function),
                    Outcome::Until(until) => {
                        self.queried = Some(action.function);
                        self.field(&until.field, Some(&until.comparison));
                    }
                }
            }
            StepKind::AtOnce { action, .. } if !fails && !found(action.function).is_empty() => {
                self.queried = Some(action.function);
            }
            StepKind::Expect(expectation) => self.expectation(expectation),
            _ => {}
        }
    }

    /// What is called at the same time comes in no order: nothing of it can follow from another.
    fn made_at_once(&mut self, mentions: &'s [Mention]) {
        for mention in mentions {
            let (given, used) = &mut self.at_once;
            let wrong = match mention {
                Mention::Bind(_, name) => {
                    given.insert(name.as_str());
                    None
                }
                Mention::Use(_, name) | Mention::UseAny(_, name) => {
                    used.insert(name.as_str());
                    given
                        .contains(name.as_str())
                        .then_some((name, "is given by a step that is made at once with this one"))
                }
                Mention::End(_, name) => {
                    let both = given.contains(name.as_str()) || !used.insert(name.as_str());
                    both.then_some((
                        name,
                        "is used by a step that is made at once with this one, which ends it",
                    ))
                }
                _ => None,
            };
            if let Some((name, why)) = wrong {
                let mistake = Mistake::new(MistakeKind::Syntax, name.span, format!("`{name}` {why}"));
                self.mistakes
                    .push(mistake.help("what is made at once comes in no order: put another step between"));
            }
        }
    }

    fn expectation(&mut self, expectation: &'s Expectation) {
        match &expectation.kind {
            ExpectationKind::Field { field, comparison } => self.field(field, Some(comparison)),
            ExpectationKind::Request { request, ending } if !matches!(ending, Ending::Fails(_)) => {
                if let Some(function) = self.begun.remove(request.as_str()) {
                    self.queried = Some(function);
                }
            }
            ExpectationKind::DeviceMessage {
                message, provider, ..
            } => {
                let kind = match message.as_str() {
                    "LINE_CREATE" => "line",
                    "PHONE_CREATE" => "phone",
                    _ => return,
                };
                let named =
                    |provider: &Name| self.scenario.providers.iter().position(|p| p.name == *provider);
                let place = provider.as_ref().and_then(named).unwrap_or(0);
                *self.gained.entry((place, kind)).or_default() += 1;
            }
            _ => {}
        }
    }

    fn binds(&mut self, kind: NameKind, name: &'s Name, fails: bool) {
        if self.doubtful.contains(name.as_str()) {
            return;
        }
        if let Some(bound) = self
            .bound
            .get(name.as_str())
            .filter(|bound| bound.ended.is_none())
        {
            let message = format!("`{name}` is the name of {} already", bound.kind.what());
            let mistake = Mistake::new(MistakeKind::NameTaken, name.span, message);
            self.mistakes.push(
                mistake
                    .related(bound.at, "since here")
                    .help("choose another name, or close that first"),
            );
        } else if !fails {
            self.bound.insert(
                name.as_str(),
                Bound {
                    kind,
                    at: name.span,
                    ended: None,
                },
            );
        }
    }

    /// A name is used that must stand for something of one of these kinds.
    fn uses(&mut self, kinds: &[NameKind], name: &Name) {
        let kind = kinds[0];
        if self.doubtful.contains(name.as_str()) {
            return;
        }
        let Some(bound) = self.bound.get(name.as_str()) else {
            let alive = self
                .bound
                .iter()
                .filter(|(_, bound)| kinds.contains(&bound.kind) && bound.ended.is_none());
            let mut names: Vec<&str> = alive.map(|(name, _)| *name).collect();
            names.sort_unstable();
            // Names are often one letter long: a single one is worth suggesting even if no letter is the same.
            let meant =
                nearest(name, names.iter().copied()).or(if let [one] = names[..] { Some(one) } else { None });
            let mistake = Mistake::new(
                MistakeKind::UnknownName,
                name.span,
                format!("nothing here is called `{name}`"),
            );
            let mistake = mistake.label(format!("{} is meant", kind.what()));
            self.mistakes
                .push(mistake.suggest(meant, || kind.origin().to_owned()));
            return;
        };
        if !kinds.contains(&bound.kind) {
            let message = format!("`{name}` is {}, not {}", bound.kind.what(), kind.what());
            let mistake = Mistake::new(MistakeKind::WrongKind, name.span, message);
            self.mistakes
                .push(mistake.related(bound.at, "named here").help(kind.origin()));
        } else if let Some(ended) = bound.ended {
            let message = format!("`{name}` is no more");
            let how = if kind == NameKind::Request {
                "completed here"
            } else {
                "closed here"
            };
            let help = "a handle that is closed must not be used again: move this up, or take another name";
            let mistake = Mistake::new(MistakeKind::NameEnded, name.span, message);
            self.mistakes.push(mistake.related(ended, how).help(help));
        }
    }

    fn device(&mut self, kind: &'static str, line: &LineRef) {
        let providers = &self.scenario.providers;
        if let Some(name) = &line.provider
            && !providers.iter().any(|provider| provider.name == *name)
        {
            return self.provider(name);
        }
        let place = self.scenario.provider_index(line);
        let provider = &providers[place];
        let installed = match kind {
            "phone" => provider.phones.node,
            _ => provider.lines.node,
        };
        let has = installed + self.gained.get(&(place, kind)).copied().unwrap_or(0);
        if line.number.node == 0 || line.number.node > has {
            let message = format!("{} has no {kind} {}", provider.name, line.number);
            let help = match (kind, has) {
                ("phone", 0) => format!(
                    "it has none, unless the header says `providers: {} with {} line{} and 1 phone`",
                    provider.name,
                    provider.lines,
                    if provider.lines.node == 1 { "" } else { "s" }
                ),
                (_, 1) => format!(
                    "it has 1 {kind}, unless the header says `providers: {} with 2 {kind}s`",
                    provider.name
                ),
                _ => format!("its {kind}s are 1 to {has}"),
            };
            self.mistakes
                .push(Mistake::new(MistakeKind::NoSuchLine, line.number.span, message).help(help));
        }
    }

    fn provider(&mut self, name: &Name) {
        let providers = &self.scenario.providers;
        if !providers.iter().any(|provider| provider.name == *name) {
            let names = providers.iter().map(|provider| provider.name.as_str());
            let meant = nearest(name, names);
            let message = format!("no provider is called `{name}`");
            let mistake = Mistake::new(MistakeKind::UnknownProvider, name.span, message);
            let help = || format!("name it in the header: `providers: P with 1 line, {name} with 1 line`");
            self.mistakes.push(mistake.suggest(meant, help));
        }
    }

    fn field(&mut self, field: &Name, comparison: Option<&Comparison>) {
        let Some(function) = self.queried else {
            if self.doubtful.is_empty() {
                let message = format!("no structure has been queried whose `{field}` this could be");
                let mistake = Mistake::new(MistakeKind::NothingQueried, field.span, message);
                self.mistakes
                    .push(mistake.help("query one first, as in `query LINECALLINFO of C`"));
            }
            return;
        };
        let holder = found_in(function);
        if field.contains('.') && tspi::vocabulary::is_field(Some(holder), field) {
            return; // a member of a structure inside, such as `DialParams.dwDialPause`
        }
        let fields = found(function);
        let Some((_, content)) = fields.iter().find(|(name, _)| *name == field.as_str()) else {
            let names = fields
                .iter()
                .filter(|(_, content)| *content != FieldContent::Other)
                .map(|(name, _)| *name);
            let message = format!("{holder} has no `{field}`");
            let mistake = Mistake::new(MistakeKind::UnknownField, field.span, message);
            self.mistakes.push(mistake.suggest(nearest(field, names), || {
                "members are named as in its page, and variable parts without `dw` and `Offset`".to_owned()
            }));
            return;
        };
        self.mistakes.extend(
            comparison
                .into_iter()
                .flat_map(|comparison| compared(field, *content, comparison)),
        );
    }
}

/// Whether a member can be what it is compared with.
fn compared(field: &Name, content: FieldContent, comparison: &Comparison) -> Vec<Mistake> {
    let wrong =
        |span, message: String, help: String| Mistake::new(MistakeKind::BadValue, span, message).help(help);
    let constants = |names: &[Name], family: Option<&'static Family>| {
        names
            .iter()
            .filter_map(|name| wrong_family(field, name, family?))
            .collect()
    };
    match (content, comparison) {
        (FieldContent::Other, _) => {
            let message = format!("`{field}` is neither a number nor a string");
            vec![wrong(
                field.span,
                message,
                "there is no comparison for it".to_owned(),
            )]
        }
        (FieldContent::Text, Comparison::Is(values) | Comparison::IsNot(values)) => {
            let span = values.iter().find_map(|value| match value {
                Value::Text(_) => None,
                Value::Number(number) => Some(number.span),
                Value::Constant(name) => Some(name.span),
            });
            let help = format!("compare it with a string, as in `expect its {field} is \"5551234\"`");
            span.map(|span| wrong(span, format!("`{field}` is a string"), help))
                .into_iter()
                .collect()
        }
        (FieldContent::Text, _) => {
            let help = format!("compare it with a string, as in `expect its {field} is \"5551234\"`");
            vec![wrong(field.span, format!("`{field}` is a string"), help)]
        }
        (FieldContent::Number(family), Comparison::Is(values) | Comparison::IsNot(values)) => {
            let check = |value: &Value| match value {
                Value::Text(text) => {
                    let help = "compare it with a number or a constant".to_owned();
                    Some(wrong(text.span, format!("`{field}` is a number"), help))
                }
                Value::Number(_) => None,
                Value::Constant(name) => wrong_family(field, name, family?),
            };
            values.iter().filter_map(check).collect()
        }
        (FieldContent::Number(family), Comparison::Has(names) | Comparison::Lacks(names)) => {
            constants(names, family)
        }
        (FieldContent::Number(_), Comparison::AtLeast(_) | Comparison::AtMost(_)) => Vec::new(),
    }
}

fn wrong_family(field: &Name, name: &Name, family: &'static Family) -> Option<Mistake> {
    let (of, _) = tspi::constant(name)?;
    (of != family).then(|| {
        let message = format!("`{field}` is a {}, and `{name}` is not", family.name);
        let same = name
            .strip_prefix(of.name)
            .and_then(|short| super::vocabulary::resolve(&short[1..], &[family]));
        Mistake::new(MistakeKind::UnknownConstant, name.span, message).suggest(same, || {
            format!(
                "such as {}",
                family.constants.first().map_or("0", |constant| constant.name)
            )
        })
    })
}

/// What a set-up line alone can have wrong in its values.
pub(super) fn check_setup(setup: &Setup) -> Option<Mistake> {
    let Setup::GivesUpAfter {
        after: Spanned { node, span },
        ..
    } = setup
    else {
        return None;
    };
    let whole = node.subsec_nanos() == 0 && (1..=255).contains(&node.as_secs());
    (!whole).then(|| {
        Mistake::new(MistakeKind::BadValue, *span, "a modem cannot count this")
            .help("its register S7 holds whole seconds, 1 to 255")
    })
}
