using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace TensorWasm.Runtime.State;

/// <summary>
/// The database. Rows hold only what SQLite and PostgreSQL both have: numbers, text, bytes, identities; times are
/// milliseconds since the epoch. A change here needs a migration; a test compares the two.
/// </summary>
internal sealed class StateContext(DbContextOptions options) : DbContext(options)
{
    internal DbSet<TenantRow> Tenants => Set<TenantRow>();

    internal DbSet<TokenRow> Tokens => Set<TokenRow>();

    internal DbSet<FunctionRow> Functions => Set<FunctionRow>();

    internal DbSet<FunctionVersionRow> Versions => Set<FunctionVersionRow>();

    internal DbSet<FunctionAliasRow> Aliases => Set<FunctionAliasRow>();

    internal DbSet<JobRow> Jobs => Set<JobRow>();

    internal DbSet<KernelRow> Kernels => Set<KernelRow>();

    internal DbSet<AuditRow> Audit => Set<AuditRow>();

    internal DbSet<UsageRow> Usage => Set<UsageRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<TenantRow>(static row =>
        {
            row.ToTable("tenants").HasKey(r => r.Id);
            row.Property(r => r.Id).ValueGeneratedNever();
            row.Property(r => r.Name).HasMaxLength(128);
        });
        modelBuilder.Entity<TokenRow>(static row =>
        {
            row.ToTable("tokens").HasKey(r => r.Id);
            row.Property(r => r.Id).ValueGeneratedNever();
            row.Property(r => r.Name).HasMaxLength(128);
            row.Property(r => r.Hash).HasMaxLength(64);
            row.HasIndex(r => r.Hash).IsUnique().HasDatabaseName("ix_tokens_hash");
        });
        modelBuilder.Entity<FunctionRow>(static row =>
        {
            row.ToTable("functions").HasKey(r => r.Id);
            row.Property(r => r.Id).ValueGeneratedNever();
            row.Property(r => r.Name).HasMaxLength(128);
            row.HasIndex(r => new { r.TenantId, r.Id }).HasDatabaseName("ix_functions_tenant");
        });
        modelBuilder.Entity<FunctionVersionRow>(static row =>
        {
            row.ToTable("function_versions").HasKey(r => new { r.FunctionId, r.Number });
            row.Property(r => r.Digest).HasMaxLength(64);
            row.HasOne<FunctionRow>().WithMany().HasForeignKey(r => r.FunctionId).OnDelete(DeleteBehavior.Cascade)
                .HasConstraintName("fk_function_versions_function");
            row.HasIndex(r => r.Digest).HasDatabaseName("ix_function_versions_digest");
        });
        modelBuilder.Entity<FunctionAliasRow>(static row =>
        {
            row.ToTable("function_aliases").HasKey(r => new { r.FunctionId, r.Name });
            row.Property(r => r.Name).HasMaxLength(128);
            row.HasOne<FunctionRow>().WithMany().HasForeignKey(r => r.FunctionId).OnDelete(DeleteBehavior.Cascade)
                .HasConstraintName("fk_function_aliases_function");
        });
        modelBuilder.Entity<JobRow>(BuildJobs);
        modelBuilder.Entity<KernelRow>(static row =>
        {
            row.ToTable("kernels").HasKey(r => r.Id);
            row.Property(r => r.Id).ValueGeneratedNever();
            row.Property(r => r.Name).HasMaxLength(128);
            row.Property(r => r.Version).HasMaxLength(64);
            row.Property(r => r.SharedKey).HasMaxLength(256);
            row.Property(r => r.Publisher).HasMaxLength(128);
            row.HasIndex(r => new { r.OwnerId, r.Name, r.Version }).IsUnique().HasDatabaseName("ix_kernels_owner");
            row.HasIndex(r => r.SharedKey).IsUnique().HasDatabaseName("ix_kernels_shared");
            row.HasMany(r => r.Variants).WithOne().HasForeignKey(r => r.KernelId).OnDelete(DeleteBehavior.Cascade)
                .HasConstraintName("fk_kernel_variants_kernel");
        });
        modelBuilder.Entity<KernelVariantRow>(static row =>
        {
            row.ToTable("kernel_variants").HasKey(r => new { r.KernelId, r.Architecture });
            row.Property(r => r.Architecture).HasMaxLength(32);
            row.Property(r => r.Digest).HasMaxLength(64);
        });
        modelBuilder.Entity<AuditRow>(static row =>
        {
            row.ToTable("audit").HasKey(r => r.Sequence);
            row.Property(r => r.Sequence).ValueGeneratedNever();
            row.Property(r => r.PreviousHash).HasMaxLength(32);
            row.Property(r => r.Hash).HasMaxLength(32);
            row.HasIndex(r => new { r.TenantId, r.Sequence }).HasDatabaseName("ix_audit_tenant");
        });
        modelBuilder.Entity<UsageRow>(static row =>
            row.ToTable("usage").HasKey(r => new { r.TenantId, r.StartMs }));
    }

    private static void BuildJobs(EntityTypeBuilder<JobRow> row)
    {
        row.ToTable("jobs").HasKey(r => r.Id);
        row.Property(r => r.Id).ValueGeneratedNever();
        row.Property(r => r.Export).HasMaxLength(1024);
        row.Property(r => r.InputDigest).HasMaxLength(64);
        row.Property(r => r.IdempotencyKey).HasMaxLength(255);
        row.Property(r => r.RequestDigest).HasMaxLength(64);
        row.Property(r => r.OutputDigest).HasMaxLength(64);
        row.Property(r => r.ErrorMessage).HasMaxLength(2048);
        row.Property(r => r.TraceParent).HasMaxLength(55);
        row.HasIndex(r => new { r.TenantId, r.IdempotencyKey }).IsUnique().HasDatabaseName("ix_jobs_key");
        row.HasIndex(r => new { r.TenantId, r.Id }).HasDatabaseName("ix_jobs_tenant");
        row.HasIndex(r => new { r.Status, r.CreatedMs }).HasDatabaseName("ix_jobs_status");
    }
}
