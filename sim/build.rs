//! Turns the CSTA type definitions (ASN.1 text in `src/wire/csta/schema`) into Rust tables before the crate is compiled.

#[path = "build/asn1.rs"]
mod asn1;
#[path = "build/emit.rs"]
mod emit;

use std::{env, error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let out = env::var("OUT_DIR")?;
    for phase in ["phase1", "phase3"] {
        let folder = Path::new("src/wire/csta/schema").join(phase);
        println!("cargo::rerun-if-changed={}", folder.display());
        let mut files = fs::read_dir(&folder)?
            .map(|entry| entry.map(|e| e.path()))
            .collect::<Result<Vec<_>, _>>()?;
        files.retain(|path| path.extension().is_some_and(|extension| extension == "asn1"));
        files.sort();
        let mut types = Vec::new();
        for file in files {
            let text = fs::read_to_string(&file)?;
            types.extend(asn1::parse(&text).map_err(|error| format!("{}: {error}", file.display()))?);
        }
        fs::write(
            Path::new(&out).join(format!("csta_{phase}.rs")),
            emit::tables(&types)?,
        )?;
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    Ok(())
}
