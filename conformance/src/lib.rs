//! To be filled.
pub mod scenario;
