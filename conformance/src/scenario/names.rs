//! What the words of a scenario alone do not show: that each name stands for the right kind of thing where it is
//! used, that lines and providers exist, and that looked-at members belong to what was queried.

use std::collections::HashMap;

use super::ast::{
    Action, ExpectationKind, LineRef, Name, Outcome, QueryTarget, ReportMessage, Scenario, Setup,
    StationAction, StepKind, Structure,
};
use super::error::{Mistake, MistakeKind};
use super::source::Span;
use super::steps::{is_field, nearest};
use crate::tspi::vocabulary;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Line,
    Call,
    Request,
}

impl Kind {
    fn words(self) -> &'static str {
        match self {
            Kind::Line => "an open line",
            Kind::Call => "a call",
            Kind::Request => "a request",
        }
    }
}

struct Known {
    kind: Kind,
    given: Span,
    ended: Option<Span>,
}

struct Checker<'s> {
    scenario: &'s Scenario,
    names: HashMap<&'s str, Known>,
    queried: Option<Structure>,
    mistakes: Vec<Mistake>,
}

/// The mistakes in the names of a scenario.
pub(super) fn check(scenario: &Scenario) -> Vec<Mistake> {
    let mut checker = Checker {
        scenario,
        names: HashMap::new(),
        queried: None,
        mistakes: Vec::new(),
    };
    for setup in &scenario.setup {
        match &setup.node {
            Setup::Number { line, .. } | Setup::GivesUpAfter { line, .. } => checker.line_ref(line),
            Setup::Change(change) => checker.change(change),
        }
    }
    for step in &scenario.steps {
        checker.step(&step.kind);
    }
    checker.mistakes
}

impl<'s> Checker<'s> {
    fn change(&mut self, change: &super::ast::Change) {
        if let super::ast::Change::DialTone { line, .. } = change {
            self.line_ref(line);
        }
    }

    fn line_ref(&mut self, line: &LineRef) {
        let providers = &self.scenario.providers;
        if let Some(name) = &line.provider
            && !providers.iter().any(|provider| provider.name == *name)
        {
            let known = providers.iter().map(|provider| provider.name.node.as_str());
            let message = format!("the header names no provider `{name}`");
            let mistake = Mistake::new(MistakeKind::UnknownProvider, name.span, message);
            self.mistakes
                .push(mistake.suggest(nearest(&name.node, known), || {
                    "name it: `providers: P with 1 line, Q with 1 line`".to_owned()
                }));
            return;
        }
        let provider = &providers[self.scenario.provider_index(line)];
        if line.number.node == 0 || line.number.node > provider.lines.node {
            let message = format!("provider {} has no line {}", provider.name, line.number.node);
            let help = format!(
                "it has {}; more are named with `providers:` in the header",
                provider.lines.node
            );
            self.mistakes
                .push(Mistake::new(MistakeKind::NoSuchLine, line.number.span, message).help(help));
        }
    }

    fn step(&mut self, step: &'s StepKind) {
        match step {
            StepKind::App { action, outcome } => {
                self.action(action);
                if let Outcome::Begun(name) = outcome {
                    self.give(name, Kind::Request);
                }
            }
            StepKind::Station {
                action: StationAction::Calls { line, .. },
                ..
            }
            | StepKind::Cut { line } => {
                self.line_ref(line);
            }
            StepKind::Change(change) => self.change(change),
            StepKind::Expect(expectation) => self.expectation(&expectation.kind),
            StepKind::Station { .. } | StepKind::Wait(_) => {}
        }
    }

    fn action(&mut self, action: &'s Action) {
        match action {
            Action::OpenLine { line, bind } => {
                self.line_ref(line);
                self.give(bind, Kind::Line);
            }
            Action::CloseLine { line } => self.end(line, Kind::Line),
            Action::WatchIncoming { line, .. } => self.ask(line, Kind::Line),
            Action::MakeCall { bind, line, .. } => {
                self.ask(line, Kind::Line);
                self.give(bind, Kind::Call);
            }
            Action::Dial { call, .. }
            | Action::Answer { call }
            | Action::Accept { call }
            | Action::Drop { call }
            | Action::SendDigits { call, .. }
            | Action::SetMediaMode { call, .. } => self.ask(call, Kind::Call),
            Action::CloseCall { call } => self.end(call, Kind::Call),
            Action::Query { structure, of } => {
                self.queried = Some(*structure);
                match of {
                    QueryTarget::Call(call) => self.ask(call, Kind::Call),
                    QueryTarget::OpenLine(line) => self.ask(line, Kind::Line),
                    QueryTarget::Line(line) => self.line_ref(line),
                }
            }
        }
    }

    fn expectation(&mut self, expectation: &'s ExpectationKind) {
        match expectation {
            ExpectationKind::State { call, .. }
            | ExpectationKind::Reaches { call, .. }
            | ExpectationKind::Nothing { call, .. } => self.ask(call, Kind::Call),
            ExpectationKind::IncomingCall { bind, line, .. } => {
                self.ask(line, Kind::Line);
                self.give(bind, Kind::Call);
            }
            ExpectationKind::Reports { message, of, .. } => self.ask(
                of,
                match message {
                    ReportMessage::CallInfo | ReportMessage::Generate => Kind::Call,
                    ReportMessage::LineDevState | ReportMessage::AddressState => Kind::Line,
                },
            ),
            ExpectationKind::Request { request, .. } => self.ask(request, Kind::Request),
            ExpectationKind::Field { field, .. } => self.field(field),
            ExpectationKind::Station { .. } => {}
        }
    }

    fn field(&mut self, field: &Name) {
        let Some(structure) = self.queried else {
            let message = format!("`{field}` is looked at, and nothing was queried before");
            let help = "a step such as `query LINECALLINFO of C` comes first";
            self.mistakes
                .push(Mistake::new(MistakeKind::NothingQueried, field.span, message).help(help));
            return;
        };
        if !is_field(structure, &field.node) {
            let message = format!("{} has no member `{field}`", structure.name());
            let mistake = Mistake::new(MistakeKind::UnknownField, field.span, message);
            let near = vocabulary::nearest_field(Some(structure.name()), &field.node);
            self.mistakes
                .push(mistake.suggest(near, || "write it as the documentation spells it".to_owned()));
        }
    }

    fn give(&mut self, name: &'s Name, kind: Kind) {
        if let Some(known) = self.names.get(name.node.as_str())
            && known.ended.is_none()
            && known.kind != Kind::Request
        {
            let message = format!("`{name}` still stands for {}", known.kind.words());
            let mistake =
                Mistake::new(MistakeKind::NameTaken, name.span, message).related(known.given, "given here");
            self.mistakes
                .push(mistake.help("choose another name, or close that first"));
            return;
        }
        self.names.insert(
            &name.node,
            Known {
                kind,
                given: name.span,
                ended: None,
            },
        );
    }

    fn ask(&mut self, name: &'s Name, kind: Kind) {
        let Some(known) = self.names.get(name.node.as_str()) else {
            let of_kind = self
                .names
                .iter()
                .filter(|(_, known)| known.kind == kind)
                .map(|(name, _)| *name);
            let message = format!("nothing before gives the name `{name}`");
            let mistake = Mistake::new(MistakeKind::UnknownName, name.span, message);
            let near = of_kind.min_by_key(|known| strsim::levenshtein(known, &name.node));
            self.mistakes.push(mistake.suggest(near, || match kind {
                Kind::Line => "`open line 1 as L` opens a line and names it".to_owned(),
                Kind::Call => "`make call C on L to …` or `expect call C on L` names a call".to_owned(),
                Kind::Request => "`begin … as R` names a request".to_owned(),
            }));
            return;
        };
        if known.kind != kind {
            let message = format!(
                "`{name}` is {}, and {} is meant here",
                known.kind.words(),
                kind.words()
            );
            let mistake = Mistake::new(MistakeKind::WrongKind, name.span, message);
            self.mistakes.push(mistake.related(known.given, "given here"));
        } else if let Some(ended) = known.ended {
            let message = format!("`{name}` is closed");
            let mistake = Mistake::new(MistakeKind::NameEnded, name.span, message);
            self.mistakes.push(mistake.related(ended, "closed here"));
        }
    }

    fn end(&mut self, name: &'s Name, kind: Kind) {
        self.ask(name, kind);
        if let Some(known) = self
            .names
            .get_mut(name.node.as_str())
            .filter(|known| known.kind == kind)
        {
            known.ended.get_or_insert(name.span);
        }
    }
}
