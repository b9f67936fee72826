//! Whose each step of a scenario is: which of its providers a function is called of.

use std::collections::HashMap;

use super::ast::{ExpectationKind, Given, LineRef, Name, Need, Outcome, Scenario, StepKind};

impl Scenario {
    /// Every TSPI function that a provider, by its place, must export for this scenario: those under `needs`, which are
    /// needed of each, and those that the steps call of it, each once. What may fail and makes nothing is not needed: TAPI
    /// fails for a function that is not there.
    pub fn functions_needed(&self, provider: usize) -> Vec<&str> {
        let mut functions: Vec<&str> = Vec::new();
        let needed = self.needs.iter().filter_map(|need| match &need.node {
            Need::Function(function) => Some(function.as_str()),
            Need::Capability { .. } | Need::Modem | Need::Pbx | Need::Addresses | Need::TestExtensions => {
                None
            }
        });
        let mut owners = Owners::new(self);
        let called = self.steps.iter().filter_map(|step| {
            let (whose, function) = match &step.kind {
                StepKind::App { action, outcome } => {
                    let given = action.arguments();
                    let whose = owners.of_action(given.iter().map(|(_, given)| *given));
                    let function = (!action.may_be_missing(outcome)).then_some(action.function.name);
                    (whose, function)
                }
                StepKind::AtOnce { action, ending, .. } => {
                    let given = action.arguments();
                    let whose = owners.of_action(given.iter().map(|(_, given)| *given));
                    let missing = action.may_be_missing(&Outcome::Ends(ending.clone()));
                    (whose, (!missing).then_some(action.function.name))
                }
                StepKind::Application { name, wants } => (owners.of_name(name), wants.function()),
                StepKind::Expect(expectation) => {
                    owners.note(&expectation.kind);
                    return None;
                }
                _ => return None,
            };
            function.filter(|_| whose == provider)
        });
        for function in needed.chain(called) {
            if !functions.contains(&function) {
                functions.push(function);
            }
        }
        functions
    }
}

/// Whose the names of a scenario are, as far as its steps have been gone through.
struct Owners<'s> {
    scenario: &'s Scenario,
    names: HashMap<&'s str, usize>,
}

impl<'s> Owners<'s> {
    fn new(scenario: &'s Scenario) -> Owners<'s> {
        let names = HashMap::new();
        Owners { scenario, names }
    }

    fn of_name(&self, name: &Name) -> usize {
        self.names.get(name.as_str()).copied().unwrap_or_default()
    }

    fn of_provider(&self, provider: Option<&Name>) -> usize {
        let named = |name: &Name| {
            self.scenario
                .providers
                .iter()
                .position(|known| known.name == *name)
        };
        provider.and_then(named).unwrap_or_default()
    }

    /// Whose an action is: that of the first thing that it names, or else the first provider's. What it makes is that
    /// provider's too.
    fn of_action(&mut self, given: impl Iterator<Item = &'s Given> + Clone) -> usize {
        let of_device = |device: &LineRef| self.scenario.provider_index(device);
        let whose = given.clone().find_map(|given| match given {
            Given::Name(_, name) | Given::Last(_, name) => Some(self.of_name(name)),
            Given::Line(device) | Given::Phone(device) => Some(of_device(device)),
            Given::Provider(name) => Some(self.of_provider(Some(name))),
            _ => None,
        });
        let whose = whose.unwrap_or_default();
        for given in given {
            if let Given::New(_, name) = given {
                self.names.insert(name.as_str(), whose);
            }
        }
        whose
    }

    /// An expectation may give a name.
    fn note(&mut self, kind: &'s ExpectationKind) {
        let (bind, whose) = match kind {
            ExpectationKind::IncomingCall { bind, line, .. } => (bind, self.of_name(line)),
            ExpectationKind::Dialog { bind, provider } => (bind, self.of_provider(provider.as_ref())),
            _ => return,
        };
        self.names.insert(bind.as_str(), whose);
    }
}
