//! The language by its fixtures, by what it answers to mistakes, and by reading back what it writes.

mod diagnostics;
mod generate;
mod language;
mod round_trip;
