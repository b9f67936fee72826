//! What a service answers when it cannot be done.

use super::error_codes::{
    OperationError, PerformanceError, SecurityError, StateError, SubscribedResourceError, SystemResourceError,
};

/// A negative acknowledgement in one of the standard's categories (`UniversalFailure` of ECMA-285).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ServiceError {
    /// The request itself is wrong.
    #[error("operation error: {0}")]
    Operation(OperationError),
    /// The protection of the messages is broken.
    #[error("security error: {0}")]
    Security(SecurityError),
    /// A device, call or connection is in the wrong state.
    #[error("state incompatibility error: {0}")]
    StateIncompatibility(StateError),
    /// The switch lacks what the request needs.
    #[error("system resource availability error: {0}")]
    SystemResourceAvailability(SystemResourceError),
    /// The client has used up its share.
    #[error("subscribed resource availability error: {0}")]
    SubscribedResourceAvailability(SubscribedResourceError),
    /// The switch is overloaded.
    #[error("performance management error: {0}")]
    PerformanceManagement(PerformanceError),
    /// The private data are wrong.
    #[error("private data error")]
    PrivateData,
    /// No category fits.
    #[error("unspecified error")]
    Unspecified,
}

impl ServiceError {
    /// The number of the category: the tag of `UniversalFailure`.
    pub fn category(self) -> u16 {
        match self {
            ServiceError::Operation(_) => 0,
            ServiceError::Security(_) => 1,
            ServiceError::StateIncompatibility(_) => 2,
            ServiceError::SystemResourceAvailability(_) => 3,
            ServiceError::SubscribedResourceAvailability(_) => 4,
            ServiceError::PerformanceManagement(_) => 5,
            ServiceError::PrivateData => 6,
            ServiceError::Unspecified => 7,
        }
    }
}

macro_rules! category {
    ($($error:ident => $variant:ident,)*) => {
        $(impl From<$error> for ServiceError {
            fn from(error: $error) -> ServiceError {
                ServiceError::$variant(error)
            }
        })*
    };
}

category! {
    OperationError => Operation,
    SecurityError => Security,
    StateError => StateIncompatibility,
    SystemResourceError => SystemResourceAvailability,
    SubscribedResourceError => SubscribedResourceAvailability,
    PerformanceError => PerformanceManagement,
}
