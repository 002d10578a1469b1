using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace TensorWasm.Runtime.State.Migrations;

/// <summary>The first schema. Migrations name no column types, so that one serves every database.</summary>
[DbContext(typeof(StateContext))]
[Migration("20261121100000_Initial")]
internal sealed class Initial : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        CreateTenants(migrationBuilder);
        CreateFunctions(migrationBuilder);
        CreateJobs(migrationBuilder);
        CreateKernels(migrationBuilder);
        CreateRecords(migrationBuilder);
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        string[] tables =
        [
            "usage", "audit", "kernel_variants", "kernels", "jobs", "function_aliases", "function_versions", "functions",
            "tokens", "tenants",
        ];
        foreach (var table in tables) migrationBuilder.DropTable(table);
    }

    private static void CreateTenants(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "tenants",
            static table => new
            {
                Id = table.Column<long>(),
                Name = table.Column<string>(maxLength: 128),
                Status = table.Column<int>(),
                Quota = table.Column<string>(),
                CreatedMs = table.Column<long>(),
                UpdatedMs = table.Column<long>(),
            },
            constraints: static table => table.PrimaryKey("PK_tenants", row => row.Id));
        migrationBuilder.CreateTable(
            "tokens",
            static table => new
            {
                Id = table.Column<Guid>(),
                Name = table.Column<string>(maxLength: 128),
                Hash = table.Column<byte[]>(maxLength: 64),
                Tenants = table.Column<string>(nullable: true),
                Actions = table.Column<string>(),
                CreatedMs = table.Column<long>(),
                ExpiresMs = table.Column<long>(nullable: true),
                RevokedMs = table.Column<long>(nullable: true),
                Replaces = table.Column<Guid>(nullable: true),
            },
            constraints: static table => table.PrimaryKey("PK_tokens", row => row.Id));
        migrationBuilder.CreateIndex("ix_tokens_hash", "tokens", "Hash", unique: true);
    }

    private static void CreateFunctions(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "functions",
            static table => new
            {
                Id = table.Column<Guid>(),
                TenantId = table.Column<long>(),
                Name = table.Column<string>(maxLength: 128),
                LatestVersion = table.Column<int>(),
                CreatedMs = table.Column<long>(),
                UpdatedMs = table.Column<long>(),
            },
            constraints: static table => table.PrimaryKey("PK_functions", row => row.Id));
        migrationBuilder.CreateIndex("ix_functions_tenant", "functions", ["TenantId", "Id"]);
        migrationBuilder.CreateTable(
            "function_versions",
            static table => new
            {
                FunctionId = table.Column<Guid>(),
                Number = table.Column<int>(),
                Digest = table.Column<string>(maxLength: 64),
                ModuleBytes = table.Column<long>(),
                Settings = table.Column<string>(),
                CreatedMs = table.Column<long>(),
            },
            constraints: static table =>
            {
                table.PrimaryKey("PK_function_versions", row => new { row.FunctionId, row.Number });
                table.ForeignKey(
                    "fk_function_versions_function", row => row.FunctionId, "functions", "Id",
                    onDelete: ReferentialAction.Cascade);
            });
        migrationBuilder.CreateIndex("ix_function_versions_digest", "function_versions", "Digest");
        migrationBuilder.CreateTable(
            "function_aliases",
            static table => new
            {
                FunctionId = table.Column<Guid>(),
                Name = table.Column<string>(maxLength: 128),
                Version = table.Column<int>(),
            },
            constraints: static table =>
            {
                table.PrimaryKey("PK_function_aliases", row => new { row.FunctionId, row.Name });
                table.ForeignKey(
                    "fk_function_aliases_function", row => row.FunctionId, "functions", "Id",
                    onDelete: ReferentialAction.Cascade);
            });
    }

    private static void CreateJobs(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "jobs",
            static table => new
            {
                Id = table.Column<Guid>(),
                TenantId = table.Column<long>(),
                FunctionId = table.Column<Guid>(),
                Version = table.Column<int>(),
                Export = table.Column<string>(maxLength: 1024, nullable: true),
                Arguments = table.Column<string>(),
                InputDigest = table.Column<string>(maxLength: 64, nullable: true),
                InputBytes = table.Column<long>(),
                DeadlineSeconds = table.Column<double>(nullable: true),
                IdempotencyKey = table.Column<string>(maxLength: 255, nullable: true),
                RequestDigest = table.Column<string>(maxLength: 64),
                Status = table.Column<int>(),
                Attempts = table.Column<int>(),
                IsCancellationRequested = table.Column<bool>(),
                Worker = table.Column<Guid>(nullable: true),
                LeaseEndMs = table.Column<long>(nullable: true),
                CreatedMs = table.Column<long>(),
                StartedMs = table.Column<long>(nullable: true),
                FinishedMs = table.Column<long>(nullable: true),
                Results = table.Column<string>(nullable: true),
                OutputDigest = table.Column<string>(maxLength: 64, nullable: true),
                OutputBytes = table.Column<long>(),
                ErrorKind = table.Column<int>(nullable: true),
                ErrorMessage = table.Column<string>(maxLength: 2048, nullable: true),
            },
            constraints: static table => table.PrimaryKey("PK_jobs", row => row.Id));
        migrationBuilder.CreateIndex("ix_jobs_key", "jobs", ["TenantId", "IdempotencyKey"], unique: true);
        migrationBuilder.CreateIndex("ix_jobs_tenant", "jobs", ["TenantId", "Id"]);
        migrationBuilder.CreateIndex("ix_jobs_status", "jobs", ["Status", "CreatedMs"]);
    }

    private static void CreateKernels(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "kernels",
            static table => new
            {
                Id = table.Column<Guid>(),
                OwnerId = table.Column<long>(),
                Name = table.Column<string>(maxLength: 128),
                Version = table.Column<string>(maxLength: 64),
                SharedKey = table.Column<string>(maxLength: 256, nullable: true),
                Publisher = table.Column<string>(maxLength: 128, nullable: true),
                Manifest = table.Column<string>(),
                CreatedMs = table.Column<long>(),
            },
            constraints: static table => table.PrimaryKey("PK_kernels", row => row.Id));
        migrationBuilder.CreateIndex("ix_kernels_owner", "kernels", ["OwnerId", "Name", "Version"], unique: true);
        migrationBuilder.CreateIndex("ix_kernels_shared", "kernels", "SharedKey", unique: true);
        migrationBuilder.CreateTable(
            "kernel_variants",
            static table => new
            {
                KernelId = table.Column<Guid>(),
                Architecture = table.Column<string>(maxLength: 32),
                Digest = table.Column<string>(maxLength: 64),
                Bytes = table.Column<long>(),
            },
            constraints: static table =>
            {
                table.PrimaryKey("PK_kernel_variants", row => new { row.KernelId, row.Architecture });
                table.ForeignKey(
                    "fk_kernel_variants_kernel", row => row.KernelId, "kernels", "Id",
                    onDelete: ReferentialAction.Cascade);
            });
    }

    private static void CreateRecords(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "audit",
            static table => new
            {
                Sequence = table.Column<long>(),
                TimeMs = table.Column<long>(),
                TenantId = table.Column<long>(nullable: true),
                Body = table.Column<string>(),
                PreviousHash = table.Column<byte[]>(maxLength: 32),
                Hash = table.Column<byte[]>(maxLength: 32),
            },
            constraints: static table => table.PrimaryKey("PK_audit", row => row.Sequence));
        migrationBuilder.CreateIndex("ix_audit_tenant", "audit", ["TenantId", "Sequence"]);
        migrationBuilder.CreateTable(
            "usage",
            static table => new
            {
                TenantId = table.Column<long>(),
                StartMs = table.Column<long>(),
                Requests = table.Column<long>(),
                Failures = table.Column<long>(),
                Refusals = table.Column<long>(),
                CpuTicks = table.Column<long>(),
                GpuTicks = table.Column<long>(),
                Launches = table.Column<long>(),
                MemoryByteSeconds = table.Column<double>(),
                OutputBytes = table.Column<long>(),
            },
            constraints: static table => table.PrimaryKey("PK_usage", row => new { row.TenantId, row.StartMs }));
    }
}
