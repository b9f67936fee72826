//! From which version on there are the constants that the first version lacks. A whole family that came with a member of a
//! structure, or with a message, needs no row: the member and the message have their version.

use super::{Family, constant};
use crate::tspi::version::Version;

/// The constants that came with each version.
const CAME_WITH: &[(Version, &[&str])] = &[
    (
        Version::V1_4,
        &[
            "LINEADDRESSSTATE_CAPSCHANGE",
            "LINEBEARERMODE_PASSTHROUGH",
            "LINECALLFEATURE_RELEASEUSERUSERINFO",
            "LINECALLINFOSTATE_MONITORMODES",
            "LINECALLORIGIN_CONFERENCE",
            "LINECALLORIGIN_INBOUND",
            "LINECALLREASON_INTRUDE",
            "LINECALLREASON_PARKED",
            "LINECONNECTEDMODE_ACTIVE",
            "LINECONNECTEDMODE_INACTIVE",
            "LINEDEVSTATE_CAPSCHANGE",
            "LINEDEVSTATE_COMPLCANCEL",
            "LINEDEVSTATE_CONFIGCHANGE",
            "LINEDEVSTATE_REMOVED",
            "LINEDEVSTATE_TRANSLATECHANGE",
            "LINEDISCONNECTMODE_NODIALTONE",
            "LINEFORWARDMODE_UNAVAIL",
            "LINEFORWARDMODE_UNKNOWN",
            "LINEMEDIAMODE_VOICEVIEW",
            "LINEOFFERINGMODE_ACTIVE",
            "LINEOFFERINGMODE_INACTIVE",
            "PHONEBUTTONSTATE_UNAVAIL",
            "PHONEBUTTONSTATE_UNKNOWN",
            "PHONESTATE_CAPSCHANGE",
            "PHONESTATE_REMOVED",
        ],
    ),
    (
        Version::V2_0,
        &[
            "LINEADDRCAPFLAGS_HOLDMAKESNEW",
            "LINEADDRCAPFLAGS_NOEXTERNALCALLS",
            "LINEADDRCAPFLAGS_NOINTERNALCALLS",
            "LINEADDRCAPFLAGS_PREDICTIVEDIALER",
            "LINEADDRCAPFLAGS_QUEUE",
            "LINEADDRCAPFLAGS_ROUTEPOINT",
            "LINEADDRCAPFLAGS_SETCALLINGID",
            "LINEADDRFEATURE_FORWARDDND",
            "LINEADDRFEATURE_FORWARDFWD",
            "LINEADDRFEATURE_PICKUPDIRECT",
            "LINEADDRFEATURE_PICKUPGROUP",
            "LINEADDRFEATURE_PICKUPHELD",
            "LINEADDRFEATURE_PICKUPWAITING",
            "LINEBEARERMODE_RESTRICTEDDATA",
            "LINECALLFEATURE_SETCALLDATA",
            "LINECALLFEATURE_SETQOS",
            "LINECALLFEATURE_SETTREATMENT",
            "LINECALLINFOSTATE_CALLDATA",
            "LINECALLINFOSTATE_QOS",
            "LINECALLINFOSTATE_TREATMENT",
            "LINECALLPARAMFLAGS_NOHOLDCONFERENCE",
            "LINECALLPARAMFLAGS_ONESTEPTRANSFER",
            "LINECALLPARAMFLAGS_PREDICTIVEDIAL",
            "LINECALLREASON_CAMPEDON",
            "LINECALLREASON_ROUTEREQUEST",
            "LINECONNECTEDMODE_ACTIVEHELD",
            "LINECONNECTEDMODE_CONFIRMED",
            "LINECONNECTEDMODE_INACTIVEHELD",
            "LINEDISCONNECTMODE_BLOCKED",
            "LINEDISCONNECTMODE_CANCELLED",
            "LINEDISCONNECTMODE_DONOTDISTURB",
            "LINEDISCONNECTMODE_NUMBERCHANGED",
            "LINEDISCONNECTMODE_OUTOFORDER",
            "LINEDISCONNECTMODE_QOSUNAVAIL",
            "LINEDISCONNECTMODE_TEMPFAILURE",
            "LINEERR_DIALVOICEDETECT",
            "LINEFEATURE_FORWARDDND",
            "LINEFEATURE_FORWARDFWD",
            "LINEFEATURE_SETDEVSTATUS",
        ],
    ),
    (Version::V2_1, &["LINEDEVCAPFLAGS_LOCAL", "LINEMEDIAMODE_VIDEO"]),
    (
        Version::V2_2,
        &[
            "LINEADDRCAPFLAGS_ACDGROUP",
            "LINEERR_DISCONNECTED",
            "LINEERR_USERCANCELLED",
        ],
    ),
    (
        Version::V3_0,
        &[
            "LINEADDRCAPFLAGS_NOPSTNADDRESSTRANSLATION",
            "LINEDEVCAPFLAGS_CALLHUB",
            "LINEDEVCAPFLAGS_CALLHUBTRACKING",
            "LINEDEVCAPFLAGS_MSP",
            "LINEDEVCAPFLAGS_PRIVATEOBJECTS",
            "LINEDISCONNECTMODE_DESTINATIONBARRED",
            "LINEDISCONNECTMODE_FDNRESTRICT",
            "LINEERR_INVALADDRESSTYPE",
            "PHONEFEATURE_GENERICPHONE",
        ],
    ),
];

impl Family {
    /// The members that are newer than a version: name, value, the version that they came with.
    pub fn newer_than(
        &self,
        version: Version,
    ) -> impl Iterator<Item = (&'static str, u32, Version)> + use<'_> {
        let rows = CAME_WITH.iter().filter(move |(since, _)| *since > version);
        let named = rows.flat_map(|(since, names)| names.iter().map(move |name| (*name, *since)));
        named.filter_map(move |(name, since)| {
            let (family, value) = constant(name)?;
            (family == self).then_some((name, value, since))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tspi::family;

    #[test]
    fn every_name_is_a_constant_and_stands_once() {
        let mut seen = std::collections::HashSet::new();
        for name in CAME_WITH.iter().flat_map(|(_, names)| *names) {
            assert!(constant(name).is_some(), "{name}");
            assert!(seen.insert(name), "{name} stands twice");
        }
    }

    #[test]
    fn older_versions_lack_more() {
        let count = |version| family("LINEDISCONNECTMODE").unwrap().newer_than(version).count();
        assert_eq!(count(Version::V1_3), 10);
        assert_eq!(count(Version::V1_4), 9);
        assert_eq!(count(Version::V2_0), 2);
        assert_eq!(count(Version::V3_1), 0);
    }
}
