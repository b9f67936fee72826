//! What travels on the wire between a client and a device, as values: one module a protocol.

pub mod at;
pub mod audio;
pub mod caller_id;
pub mod csta;
pub mod rfc2217;
pub mod sms;
pub mod t30;
pub mod uart;
pub mod v24;
