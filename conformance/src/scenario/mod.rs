//! The scenario language: `*.call` files, from text to a tree in which every node knows its place.
//!
//! `fixtures/scenarios/readme.call` documents the language for those who write scenarios.

pub mod ast;
pub mod source;
