//! Functions that only the documentation still names: the header lacks them.

use crate::tspi::functions::HandleKind::*;
use crate::tspi::functions::Kind::*;
use crate::tspi::structures::VARSTRING;

super::function_table! {
    group Obsolete;
    TSPI_lineConfigDialog: Sync, Obsolete(V2_0), since V1_3, "nf-tspi-tspi_lineconfigdialog.md" {
        dwDeviceID: DeviceId;
        hwndOwner: Handle(Hwnd);
        lpszDeviceClass: InString, [optional];
    }
    TSPI_lineConfigDialogEdit: Sync, Obsolete(V2_0), since V1_4, "nf-tspi-tspi_lineconfigdialogedit.md" {
        dwDeviceID: DeviceId;
        hwndOwner: Handle(Hwnd);
        lpszDeviceClass: InString, [optional];
        lpDeviceConfigIn: InBytes { size: "dwSize" };
        dwSize: Size { of: "lpDeviceConfigIn" };
        lpDeviceConfigOut: OutStruct(&VARSTRING);
    }
    TSPI_phoneConfigDialog: Sync, Obsolete(V2_0), since V1_3, "nf-tspi-tspi_phoneconfigdialog.md" {
        dwDeviceID: DeviceId;
        hwndOwner: Handle(Hwnd);
        lpszDeviceClass: InString, [optional];
    }
}
