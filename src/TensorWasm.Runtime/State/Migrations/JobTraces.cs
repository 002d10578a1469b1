using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace TensorWasm.Runtime.State.Migrations;

/// <summary>Jobs keep the trace of the request that submitted them.</summary>
[DbContext(typeof(StateContext))]
[Migration("20261129100000_JobTraces")]
internal sealed class JobTraces : Migration
{
    private const string Column = "TraceParent";

    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.AddColumn<string>(Column, "jobs", maxLength: 55, nullable: true);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.DropColumn(Column, "jobs");
}
