//! To be filled.
pub mod scenario;
pub mod tspi;
