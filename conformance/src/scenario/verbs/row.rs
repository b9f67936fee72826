//! How the verbs that call a function are written down: a form, the function, an example, and what TAPI passes where
//! the step says nothing.

use super::super::ast::Given;
use super::super::form::Form;
use super::super::source::{Span, Spanned};
use super::{Build, Place, Verb};
use crate::tspi;

/// A verb that calls a function.
pub(super) struct Row {
    form: &'static str,
    function: &'static str,
    example: &'static str,
    preset: &'static [(&'static str, Preset)],
    also: &'static [&'static str],
}

/// What is passed where the step says nothing.
#[derive(Clone, Copy)]
pub(super) enum Preset {
    /// A number.
    Number(u64),
    /// A constant, by its whole name.
    Constant(&'static str),
    /// The media mode that the line has.
    OwnMedia,
    /// A null pointer.
    Null,
}

/// A row: how the verb is written, the function, and a line of that form.
pub(super) const fn call(form: &'static str, function: &'static str, example: &'static str) -> Row {
    let (preset, also) = (&[], &[]);
    Row {
        form,
        function,
        example,
        preset,
        also,
    }
}

impl Row {
    /// With these values where the step gives none.
    pub(super) const fn preset(self, preset: &'static [(&'static str, Preset)]) -> Row {
        Row { preset, ..self }
    }

    /// With first words that people write when they mean this verb.
    pub(super) const fn also(self, also: &'static [&'static str]) -> Row {
        Row { also, ..self }
    }

    fn verb(&self) -> Verb {
        let function = tspi::function(self.function).expect("a test finds the function of every row");
        let preset = |(path, preset): &(&'static str, Preset)| (*path, preset.given());
        Verb {
            place: Place::App,
            form: Form::of_function(self.form, function).expect("a test reads every form of the table"),
            meaning: self.function,
            example: self.example,
            also: self.also,
            build: Build::Call {
                function: Some(function),
                preset: self.preset.iter().map(preset).collect(),
            },
        }
    }
}

impl Preset {
    fn given(self) -> Given {
        let nowhere = Span::default();
        match self {
            Preset::Number(number) => Given::Number(Spanned::new(number, nowhere)),
            Preset::Constant(name) => Given::Constants(vec![Spanned::new(name.to_owned(), nowhere)]),
            Preset::OwnMedia => Given::OwnMedia,
            Preset::Null => Given::Null,
        }
    }
}

/// The verbs of these rows.
pub(super) fn rows(rows: &[Row]) -> Vec<Verb> {
    rows.iter().map(Row::verb).collect()
}

/// The verb that reaches every function.
pub(super) fn last_resort() -> Vec<Verb> {
    vec![Verb {
        place: Place::App,
        form: super::read("call <function>"),
        meaning: "any function, by the names of its parameters",
        example: "call TSPI_lineHold with hdCall C",
        also: &[],
        build: Build::Call {
            function: None,
            preset: Vec::new(),
        },
    }]
}

#[cfg(test)]
mod tests {
    use super::super::super::target::target;
    use super::super::VERBS;

    #[test]
    fn every_function_has_a_verb() {
        let without: Vec<&str> = crate::tspi::functions()
            .filter(|function| {
                !VERBS
                    .iter()
                    .any(|verb| verb.function().is_some_and(|called| called.name == function.name))
            })
            .map(|function| function.name)
            .collect();
        assert!(without.is_empty(), "no verb calls {without:?}");
    }

    #[test]
    fn what_rows_preset_has_a_place_and_a_value() {
        for verb in VERBS.iter() {
            for (path, given) in verb.preset() {
                let function = verb.function().expect("only calls preset values");
                assert!(target(function, path).is_ok(), "{}: {path}", verb.form);
                if let super::Given::Constants(names) = given {
                    for name in names {
                        assert!(crate::tspi::constant(name).is_some(), "{}: {name}", verb.form);
                    }
                }
            }
        }
    }
}
