//! Rows of the provider as a whole, of its user interface, and of what only the documentation still names.

use super::row::Preset::{Constant, Null};
use super::row::{Row, call};

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    call("enumerate devices of provider <provider dwPermanentProviderID>", "TSPI_providerEnumDevices",
        "enumerate devices of provider P"),
    call("initialize provider <provider dwPermanentProviderID>", "TSPI_providerInit", "initialize provider P"),
    call("shut down provider <provider dwPermanentProviderID>", "TSPI_providerShutdown", "shut down provider P"),
    call("create line device <count dwDeviceID> from <count dwTempID>", "TSPI_providerCreateLineDevice",
        "create line device 2 from 1"),
    call("create phone device <count dwDeviceID> from <count dwTempID>", "TSPI_providerCreatePhoneDevice",
        "create phone device 2 from 1"),
    call("identify UI DLL", "TSPI_providerUIIdentify", "identify UI DLL"),
    call("send dialog data <bytes lpParams> about line <device dwObjectID>", "TSPI_providerGenericDialogData",
        "send dialog data \"x\" about line 1")
        .preset(&[("dwObjectType", Constant("TUISPIDLL_OBJECT_LINEID"))]),
    call("send dialog data <bytes lpParams> about phone <telephone-device dwObjectID>", "TSPI_providerGenericDialogData",
        "send dialog data \"x\" about phone 1")
        .preset(&[("dwObjectType", Constant("TUISPIDLL_OBJECT_PHONEID"))]),
    call("send dialog data <bytes lpParams> about provider <provider dwObjectID>", "TSPI_providerGenericDialogData",
        "send dialog data \"x\" about provider P")
        .preset(&[("dwObjectType", Constant("TUISPIDLL_OBJECT_PROVIDERID"))]),
    call("send dialog data <bytes lpParams> from dialog <dialog dwObjectID>", "TSPI_providerGenericDialogData",
        "send dialog data \"x\" from dialog I")
        .preset(&[("dwObjectType", Constant("TUISPIDLL_OBJECT_DIALOGINSTANCE"))]),
    call("free dialog instance <end-dialog hdDlgInst>", "TSPI_providerFreeDialogInstance", "free dialog instance I"),

    call("configure line <device dwDeviceID> [for <class lpszDeviceClass>]", "TUISPI_lineConfigDialog",
        "configure line 1 for \"tapi/line\""),
    call("edit device config <bytes lpDeviceConfigIn> of line <device dwDeviceID> [for <class lpszDeviceClass>]",
        "TUISPI_lineConfigDialogEdit", "edit device config \"a=1\" of line 1 for \"tapi/line\""),
    call("configure phone <telephone-device dwDeviceID> [for <class lpszDeviceClass>]", "TUISPI_phoneConfigDialog",
        "configure phone 1 for \"tapi/phone\""),
    call("configure provider <provider dwPermanentProviderID>", "TUISPI_providerConfig", "configure provider P"),
    call("install provider <provider dwPermanentProviderID>", "TUISPI_providerInstall", "install provider P"),
    call("remove provider <provider dwPermanentProviderID>", "TUISPI_providerRemove", "remove provider P"),
    call("show dialog <dialog htDlgInst> [with data <bytes lpParams>]", "TUISPI_providerGenericDialog",
        "show dialog I with data \"x\""),
    call("send dialog data <bytes lpParams> to dialog <dialog htDlgInst>", "TUISPI_providerGenericDialogData",
        "send dialog data \"x\" to dialog I"),
    call("close dialog <dialog htDlgInst>", "TUISPI_providerGenericDialogData", "close dialog I")
        .preset(&[("lpParams", Null)]),

    call("configure line <device dwDeviceID> without UI DLL [for <class lpszDeviceClass>]", "TSPI_lineConfigDialog",
        "configure line 1 without UI DLL for \"tapi/line\""),
    call("edit device config <bytes lpDeviceConfigIn> of line <device dwDeviceID> without UI DLL [for <class lpszDeviceClass>]",
        "TSPI_lineConfigDialogEdit", "edit device config \"a=1\" of line 1 without UI DLL"),
    call("configure phone <telephone-device dwDeviceID> without UI DLL [for <class lpszDeviceClass>]", "TSPI_phoneConfigDialog",
        "configure phone 1 without UI DLL"),
    call("configure provider <provider dwPermanentProviderID> without UI DLL", "TSPI_providerConfig",
        "configure provider P without UI DLL"),
    call("install provider <provider dwPermanentProviderID> without UI DLL", "TSPI_providerInstall",
        "install provider P without UI DLL"),
    call("remove provider <provider dwPermanentProviderID> without UI DLL", "TSPI_providerRemove",
        "remove provider P without UI DLL"),
];
