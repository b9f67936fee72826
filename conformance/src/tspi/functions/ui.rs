//! Functions of the user interface DLL.

use crate::tspi::functions::CallbackKind::*;
use crate::tspi::functions::HandleKind::*;
use crate::tspi::functions::Kind::*;
use crate::tspi::structures::VARSTRING;

super::function_table! {
    group Ui;
    TUISPI_lineConfigDialog: Sync, Optional, since V2_0, "nf-tspi-tuispi_lineconfigdialog.md" {
        lpfnUIDLLCallback: Callback(UiCallback);
        dwDeviceID: DeviceId;
        hwndOwner: Handle(Hwnd);
        lpszDeviceClass: InString, [optional];
    }
    TUISPI_lineConfigDialogEdit: Sync, Optional, since V2_0, "nf-tspi-tuispi_lineconfigdialogedit.md" {
        lpfnUIDLLCallback: Callback(UiCallback);
        dwDeviceID: DeviceId;
        hwndOwner: Handle(Hwnd);
        lpszDeviceClass: InString, [optional];
        lpDeviceConfigIn: InBytes { size: "dwSize" };
        dwSize: Size { of: "lpDeviceConfigIn" };
        lpDeviceConfigOut: OutStruct(&VARSTRING);
    }
    TUISPI_phoneConfigDialog: Sync, Optional, since V2_0, "nf-tspi-tuispi_phoneconfigdialog.md" {
        lpfnUIDLLCallback: Callback(UiCallback);
        dwDeviceID: DeviceId;
        hwndOwner: Handle(Hwnd);
        lpszDeviceClass: InString, [optional];
    }
    TUISPI_providerConfig: Sync, Optional, since V2_0, "nf-tspi-tuispi_providerconfig.md" {
        lpfnUIDLLCallback: Callback(UiCallback);
        hwndOwner: Handle(Hwnd);
        dwPermanentProviderID: ProviderId;
    }
    TUISPI_providerGenericDialog: Sync, Optional, since V2_0, "nf-tspi-tuispi_providergenericdialog.md" {
        lpfnUIDLLCallback: Callback(UiCallback);
        htDlgInst: Handle(HtDialog);
        lpParams: InOutBytes { size: "dwSize" }, [optional];
        dwSize: Size { of: "lpParams" };
        hEvent: Handle(Event);
    }
    TUISPI_providerGenericDialogData: Sync, Optional, since V2_0, "nf-tspi-tuispi_providergenericdialogdata.md" {
        htDlgInst: Handle(HtDialog);
        lpParams: InOutBytes { size: "dwSize" }, [optional];
        dwSize: Size { of: "lpParams" };
    }
    TUISPI_providerInstall: Sync, Optional, since V2_0, "nf-tspi-tuispi_providerinstall.md" {
        lpfnUIDLLCallback: Callback(UiCallback);
        hwndOwner: Handle(Hwnd);
        dwPermanentProviderID: ProviderId;
    }
    TUISPI_providerRemove: Sync, Optional, since V2_0, "nf-tspi-tuispi_providerremove.md" {
        lpfnUIDLLCallback: Callback(UiCallback);
        hwndOwner: Handle(Hwnd);
        dwPermanentProviderID: ProviderId;
    }
}
