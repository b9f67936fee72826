//! CSTA messages between values and bytes: BER of phases I and III, XML, and the framings that carry them.
//!
//! The types are described once, in ASN.1 (`schema/`): text of ECMA-285 (4th edition, 2011), which Ecma International
//! publishes free of charge. [`ber`] and [`xml`] are two readings of that description.

pub mod ber;
pub mod framing;
pub mod message;
pub mod phase1;
pub mod schema;
pub mod services;
pub mod value;
pub mod xml;
