//! Simulated devices: state machines between a wire and the exchange, without I/O.

pub mod csta;
pub mod fault;
pub mod modem;
