//! What is told of a line that cannot be carried out.

use crate::exchange::switch::ServiceError;

/// Why a line could not be carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(
    missing_docs,
    reason = "the fields are what the line said, and what is wrong with it"
)]
pub enum VerbError {
    /// No verb is called so.
    #[error("no verb is called {verb}: `help` lists them")]
    UnknownVerb { verb: String },
    /// The verb takes other words.
    #[error("this is written `{form}`")]
    Usage { form: &'static str },
    /// Nobody has the number.
    #[error("no device has the number {number}: `show` lists those in calls")]
    UnknownNumber { number: String },
    /// The device is in no call of that kind.
    #[error("{number} is in no call that is {wanted}: `show` lists the calls")]
    NoCall { number: String, wanted: &'static str },
    /// The switch refused.
    #[error("the switch refuses: {0}")]
    Refused(#[from] ServiceError),
}
