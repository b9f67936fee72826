//! Versions of TSPI as they are negotiated: major number in the high word, minor in the low word.

use std::fmt;

/// A TSPI or extension version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u32);

impl Version {
    /// 1.3, the first.
    pub const V1_3: Version = Version(0x0001_0003);
    /// 1.4.
    pub const V1_4: Version = Version(0x0001_0004);
    /// 2.0, the first that Windows NT's successors load.
    pub const V2_0: Version = Version(0x0002_0000);
    /// 2.1.
    pub const V2_1: Version = Version(0x0002_0001);
    /// 2.2.
    pub const V2_2: Version = Version(0x0002_0002);
    /// 3.0.
    pub const V3_0: Version = Version(0x0003_0000);
    /// 3.1, the newest.
    pub const V3_1: Version = Version(0x0003_0001);
    /// All published versions, oldest first.
    pub const ALL: [Version; 7] = [
        Self::V1_3,
        Self::V1_4,
        Self::V2_0,
        Self::V2_1,
        Self::V2_2,
        Self::V3_0,
        Self::V3_1,
    ];

    /// The published version written like this (`2.1`).
    pub fn parse(text: &str) -> Option<Version> {
        Self::ALL.into_iter().find(|v| v.to_string() == text)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 >> 16, self.0 & 0xffff)
    }
}

impl From<u32> for Version {
    fn from(number: u32) -> Version {
        Version(number)
    }
}
