//! From named values to the arguments of a call, and back from arguments and returned memory to named values.

mod call;
mod read;
#[cfg(test)]
mod tests;

pub use call::{Call, MarshalError};
pub use read::{arguments, render_args, returned};
