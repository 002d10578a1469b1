using System.CommandLine;

namespace TensorWasm.Cli.Commands;

/// <summary><c>kernel</c>: the registry of signed kernels.</summary>
internal static class KernelCommand
{
    internal static Command Create(CliContext context) => ApiVerb.Group(
        "kernel", "Publishes, lists, shares and deletes signed kernels.",
        "tensorwasm kernel publish saxpy 1.0.0 --ptx-file saxpy.ptx --key-file hmac.key", "guests load it as saxpy@1.0.0",
        CreatePublish(context), CreateEnvelope(context), CreateList(context),
        One(context, "get", "Prints a kernel's manifest, and its code if it is the tenant's own.", "GET", null),
        One(context, "share", "Lets all tenants use a kernel of the tenant; its code stays the tenant's.", "PATCH", "shared"),
        One(context, "unshare", "Ends that others may use a kernel of the tenant.", "PATCH", "private"),
        One(context, "delete", "Deletes a kernel of the tenant.", "DELETE", null),
        CreateVerify(context));

    private static Command CreatePublish(CliContext context)
    {
        var package = new KernelPackageOptions(isTimeRequired: false);
        var keyFile = KernelKeys.HmacFile("Signs with HMAC-SHA256.");
        var signature = ApiVerb.Text(
            "--signature-file", "file", "The 64 bytes of an Ed25519 signature of what 'kernel envelope' printed.");
        var shared = new Option<bool>("--shared") { Description = "Lets all tenants use it." };
        return ApiVerb.Create(
            context, "publish", "Signs a kernel and publishes it under the tenant.",
            ("tensorwasm kernel publish saxpy 1.0.0 --ptx-file saxpy.ptx --key-file hmac.key", "signed by HMAC"),
            [.. package.Parts, keyFile, signature, shared],
            (client, parsed) =>
            {
                var (byKey, byFile) = (parsed.GetValue(keyFile), parsed.GetValue(signature));
                if ((byKey is null) == (byFile is null))
                {
                    throw new CliException("One of --key-file and --signature-file is needed.", ExitCodes.Usage);
                }
                var kernel = package.Read(parsed, context, isTimeRequired: byFile is not null);
                var (algorithm, bytes) = byKey is not null
                    ? ("hmac-sha256", KernelKeys.Sign(KernelKeys.ReadHmac(byKey), kernel.Envelope()))
                    : ("ed25519", KernelKeys.ReadFile(byFile!));
                var body = ApiClient.Json(writer =>
                {
                    kernel.Write(writer, algorithm, bytes);
                    if (parsed.GetValue(shared)) writer.WriteString("visibility", "shared");
                });
                return client.Print("POST", "/kernels", UploadProgress.Around(body, context));
            },
            """
            Prints the server's answer, which is JSON. Each PTX file is the code for the architecture of
            its .target line.

            With an Ed25519 key, which this program never sees (--time must be the same both times):
              tensorwasm kernel envelope saxpy 1.0.0 --ptx-file saxpy.ptx --publisher acme --time 1 > saxpy.envelope
              openssl pkeyutl -sign -inkey acme.pem -rawin -in saxpy.envelope -out saxpy.signature
              tensorwasm kernel publish saxpy 1.0.0 --ptx-file saxpy.ptx --publisher acme --time 1 \
                --signature-file saxpy.signature

            Exit status: 0; 1 if a file can't be read or the server refuses; 2 if the command line is
            wrong; 3 if the server lacks it.
            """);
    }

    private static Verb CreateEnvelope(CliContext context)
    {
        var package = new KernelPackageOptions(isTimeRequired: true);
        var command = new Verb("envelope", "Prints the bytes that a kernel's publisher signs.")
        {
            Examples =
            [
                ("tensorwasm kernel envelope saxpy 1.0.0 --ptx-file saxpy.ptx --publisher acme --time 1",
                    "what goes to openssl pkeyutl -sign -rawin"),
            ],
            Notes = "It asks no server. 'tensorwasm kernel publish --help' shows how to go on.",
        };
        command.AddParts([.. package.Parts]);
        command.SetAction(parsed =>
        {
            context.OutputStream.Write(package.Read(parsed, context, isTimeRequired: true).Envelope());
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command CreateList(CliContext context)
    {
        var offset = CommonOptions.Count("--offset", "How many to pass over.");
        var limit = CommonOptions.Count("--limit", "At most so many: 100 by default.");
        return ApiVerb.List(
            context, "Lists the kernels that the tenant may use: its own, and shared ones.",
            ("tensorwasm kernel list", "their manifests"), "/kernels", offset, limit);
    }

    private static Command One(CliContext context, string name, string description, string method, string? visibility)
    {
        var kernel = ApiVerb.Id("kernel", "The kernel: NAME@VERSION.");
        return ApiVerb.Create(
            context, name, description, ($"tensorwasm kernel {name} saxpy@1.0.0", description), [kernel],
            (client, parsed) =>
            {
                var (title, version) = Split(parsed.GetRequiredValue(kernel));
                var body = visibility is null
                    ? null
                    : ApiClient.Json(writer => writer.WriteString("visibility", visibility));
                return client.Print(method, ApiVerb.Path("kernels", title, version), body);
            });
    }

    private static Verb CreateVerify(CliContext context)
    {
        var kernel = ApiVerb.Id("kernel", "The kernel: NAME@VERSION.");
        var manifest = new Option<string>("--manifest-file")
        {
            Description = "The manifest: what 'kernel get' prints, or its member of that name.",
            HelpName = "file",
            Required = true,
        };
        var keyFile = KernelKeys.HmacFile("Checks a signature by HMAC-SHA256.");
        var publicKey = ApiVerb.Text("--public-key", "base64", "Checks an Ed25519 signature: the publisher's public key.");
        var ptx = ApiVerb.Many("--ptx-file", "file", "Checks that this is code of the kernel; may be given more than once.");
        var command = new Verb("verify", "Checks a manifest's signature, and that code is what was signed.")
        {
            Examples =
            [
                ("tensorwasm kernel verify saxpy@1.0.0 --manifest-file saxpy.json --key-file hmac.key", "asks no server"),
            ],
            Notes = "Exit status: 0 if all is as it was signed, 1 if not, 2 if the command line is wrong.",
        };
        command.AddParts(kernel, manifest, keyFile, publicKey, ptx);
        command.SetAction(parsed => KernelVerification.Run(
            context, Split(parsed.GetRequiredValue(kernel)), parsed.GetRequiredValue(manifest), parsed.GetValue(keyFile),
            parsed.GetValue(publicKey), parsed.GetValue(ptx) ?? []));
        return command;
    }

    private static (string Name, string Version) Split(string text)
    {
        var at = text.LastIndexOf('@');
        return at > 0 && at < text.Length - 1
            ? (text[..at], text[(at + 1)..])
            : throw new CliException($"'{text}' is not NAME@VERSION.", ExitCodes.Usage);
    }
}
