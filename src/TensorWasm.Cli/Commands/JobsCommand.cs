using System.CommandLine;

namespace TensorWasm.Cli.Commands;

/// <summary><c>jobs</c>: what was called without waiting.</summary>
internal static class JobsCommand
{
    internal static Command Create(CliContext context) => ApiVerb.Group(
        "jobs", "Lists, awaits and cancels jobs.", "tensorwasm jobs wait 01a1…", "waits for a job's result",
        CreateList(context), CreateWait(context),
        One(context, "get", "Tells how a job stands.", "GET", ""),
        One(context, "output", "Prints what a finished job's guest emitted.", "GET", "/output"),
        One(context, "cancel", "Cancels a job that has not finished.", "DELETE", ""));

    private static Command CreateList(CliContext context)
    {
        var function = ApiVerb.Text("--function", "id", "Only jobs of that function.");
        var state = ApiVerb.Text("--state", "state", "Only jobs in that state: pending, running, completed, failed, cancelled.");
        var before = ApiVerb.Text("--before", "id", "The last job of the page before.");
        return ApiVerb.List(
            context, "Lists jobs, newest first.", ("tensorwasm jobs list --state running", "those that run"), "/jobs",
            function, state, before);
    }

    private static Command One(CliContext context, string name, string description, string method, string suffix) =>
        ApiVerb.One(
            context, name, description, ($"tensorwasm jobs {name} 01a1…", description),
            ApiVerb.Id("job", "The job's id."), method, "/jobs", suffix);

    private static Command CreateWait(CliContext context)
    {
        var id = ApiVerb.Id("job", "The job's id.");
        return ApiVerb.Create(
            context, "wait", "Waits until a job has finished, and prints it.",
            ("tensorwasm jobs wait 01a1…", "answers 1 if it failed"), [id],
            (client, parsed) =>
            {
                var path = ApiVerb.Path("jobs", parsed.GetRequiredValue(id));
                using var progress = new WaitProgress(context, "waiting for the job");
                var pause = TimeSpan.FromMilliseconds(20);
                while (true)
                {
                    var job = client.Read("GET", path);
                    var status = job.GetProperty("status").GetString();
                    if (status != "pending")
                    {
                        context.Output.WriteLine(job.GetRawText());
                        return status == "completed" ? ExitCodes.Success : ExitCodes.Failure;
                    }
                    if (context.Token.WaitHandle.WaitOne(pause)) throw new OperationCanceledException(context.Token);
                    pause = TimeSpan.FromMilliseconds(Math.Min(1_000, pause.TotalMilliseconds * 1.5));
                }
            });
    }
}
