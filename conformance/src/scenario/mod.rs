//! The scenario language: `*.call` files, from text to a tree in which every node knows its place.
//!
//! `fixtures/scenarios/readme.call` documents the language for those who write scenarios.

pub mod ast;
mod error;
mod lexer;
mod names;
mod parse;
pub mod source;
mod steps;
#[cfg(test)]
mod tests;
mod words;

use std::path::Path;

pub use error::{Mistake, MistakeKind, ScenarioError};
pub use parse::parse;

/// Reads a scenario file.
///
/// # Errors
/// That the file cannot be read, or its mistakes with their places.
pub fn load(path: &Path) -> Result<ast::Scenario, miette::Report> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| miette::miette!("{name}: {error}"))?;
    Ok(parse(&name, &text)?)
}
