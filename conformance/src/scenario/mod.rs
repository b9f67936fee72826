//! The scenario language: `*.call` files, from text to a tree in which every node knows its place.
//!
//! `fixtures/scenarios/readme.call` documents the language for those who write scenarios. A line goes through `lexer`
//! (words), `choose` (which verb of the table `verbs` it is written by), `slots` and `lists` (its values), and
//! `check` (whether its names stand for something); `parse` does so for a whole file, and `print` is its reverse.

pub mod ast;
mod before;
mod check;
mod choose;
mod diagnose;
mod duration;
mod error;
mod form;
mod given;
mod lexer;
mod lists;
mod need;
mod owners;
mod parse;
mod print;
mod reader;
mod reference;
mod slots;
pub mod source;
pub mod target;
#[cfg(test)]
mod tests;
mod value;
mod verbs;
mod vocabulary;

use std::path::Path;

pub use error::{Mistake, MistakeKind, ScenarioError};
pub use parse::parse;
pub use reference::{Written, reference, written};
pub use verbs::Place;

/// Reads a scenario file.
///
/// # Errors
/// That the file cannot be read, or its mistakes with their places.
pub fn load(path: &Path) -> Result<ast::Scenario, miette::Report> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| miette::miette!("{name}: {error}"))?;
    Ok(parse(&name, &text)?)
}
