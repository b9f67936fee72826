//! Features of devices: what they do with calls without being told by a service.

mod station;
