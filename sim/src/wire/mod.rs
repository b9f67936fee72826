//! What travels on the wire between a client and a device, as values: one module a protocol.

pub mod at;
pub mod v24;
pub mod caller_id;
