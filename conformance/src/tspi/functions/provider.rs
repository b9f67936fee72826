//! Functions of the provider as a whole: version, start, stop, devices.

use crate::tspi::constants::{LINETSPIOPTION, TUISPIDLL_OBJECT};
use crate::tspi::functions::CallbackKind::*;
use crate::tspi::functions::HandleKind::*;
use crate::tspi::functions::Kind::*;

super::function_table! {
    group Provider;
    TSPI_providerConfig: Sync, Obsolete(V2_0), since V1_3, "nf-tspi-tspi_providerconfig.md" {
        hwndOwner: Handle(Hwnd);
        dwPermanentProviderID: ProviderId;
    }
    TSPI_providerCreateLineDevice: Sync, Optional, since V1_4, "nf-tspi-tspi_providercreatelinedevice.md" {
        dwTempID: DwordPtr;
        dwDeviceID: DeviceId;
    }
    TSPI_providerCreatePhoneDevice: Sync, Optional, since V1_4, "nf-tspi-tspi_providercreatephonedevice.md" {
        dwTempID: DwordPtr;
        dwDeviceID: DeviceId;
    }
    TSPI_providerEnumDevices: Sync, Mandatory, since V1_4, "nf-tspi-tspi_providerenumdevices.md" {
        dwPermanentProviderID: ProviderId;
        lpdwNumLines: OutDword(None);
        lpdwNumPhones: OutDword(None);
        hProvider: Handle(HProvider);
        lpfnLineCreateProc: Callback(LineEvent);
        lpfnPhoneCreateProc: Callback(PhoneEvent);
    }
    TSPI_providerFreeDialogInstance: Sync, Optional, since V2_0, "nf-tspi-tspi_providerfreedialoginstance.md" {
        hdDlgInst: Handle(HdDialog);
    }
    TSPI_providerGenericDialogData: Sync, Optional, since V2_0, "nf-tspi-tspi_providergenericdialogdata.md" {
        dwObjectID: DwordPtr;
        dwObjectType: Dword(Some(&TUISPIDLL_OBJECT));
        lpParams: InOutBytes { size: "dwSize" }, [optional];
        dwSize: Size { of: "lpParams" };
    }
    TSPI_providerInit: Sync, Mandatory, since V1_3, "nf-tspi-tspi_providerinit.md" {
        dwTSPIVersion: TspiVersion;
        dwPermanentProviderID: ProviderId;
        dwLineDeviceIDBase: DeviceId;
        dwPhoneDeviceIDBase: DeviceId;
        dwNumLines: DwordPtr;
        dwNumPhones: DwordPtr;
        lpfnCompletionProc: Callback(Completion);
        lpdwTSPIOptions: OutDword(Some(&LINETSPIOPTION));
    }
    TSPI_providerInstall: Sync, Obsolete(V2_0), since V1_3, "nf-tspi-tspi_providerinstall.md" {
        hwndOwner: Handle(Hwnd);
        dwPermanentProviderID: ProviderId;
    }
    TSPI_providerRemove: Sync, Obsolete(V2_0), since V1_3, "nf-tspi-tspi_providerremove.md" {
        hwndOwner: Handle(Hwnd);
        dwPermanentProviderID: ProviderId;
    }
    TSPI_providerShutdown: Sync, Mandatory, since V1_3, "nf-tspi-tspi_providershutdown.md" {
        dwTSPIVersion: TspiVersion;
        dwPermanentProviderID: ProviderId;
    }
    TSPI_providerUIIdentify: Sync, Optional, since V2_0, "nf-tspi-tspi_provideruiidentify.md" {
        lpszUIDLLName: OutString { bytes: 520 };
    }
}
