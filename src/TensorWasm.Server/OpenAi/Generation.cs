namespace TensorWasm.Server;

/// <summary>Text in the making: the choices and counts of one request, fed by a model's records.</summary>
internal sealed class Generation
{
    private readonly ModelRun _run;
    private int _unfinished;

    internal Generation(GenerationRequest request, ModelRun run)
    {
        (Request, _run) = (request, run);
        Choices = [.. Enumerable.Range(0, request.Prompts * request.Count).Select(index => new Choice(index, request))];
        _unfinished = Choices.Count;
        foreach (var choice in Choices)
        {
            if (request.Echo is { } echo) choice.Prepend(echo[choice.Index / request.Count]);
        }
    }

    internal GenerationRequest Request { get; }

    internal IReadOnlyList<Choice> Choices { get; }

    internal int PromptTokens { get; private set; }

    internal int CompletionTokens => Choices.Sum(choice => choice.TokenCount);

    /// <summary>What the client gets next; null when all is said.</summary>
    /// <exception cref="RefusalException">The model failed.</exception>
    internal async Task<IReadOnlyList<ChoiceDelta>?> NextAsync()
    {
        if (_unfinished == 0) return null;
        if (await _run.NextAsync().ConfigureAwait(false) is not { } record)
        {
            // A model that ends without giving a reason has said all that it wanted to.
            _unfinished = 0;
            return [.. Choices.Select(choice => choice.End("stop")).OfType<ChoiceDelta>()];
        }
        if (record.PromptTokens is { } count) PromptTokens = count;
        if (record.Index >= Choices.Count)
        {
            throw new RefusalException(new(
                ErrorKind.GuestFailed, 500, $"The model does not keep to the model interface: there is no choice {record.Index}"));
        }
        var choice = Choices[record.Index];
        var wasFinished = choice.Finish is not null;
        var delta = choice.Add(record);
        if (!wasFinished && choice.Finish is not null && --_unfinished == 0) _run.Stop();
        return delta is null ? [] : [delta];
    }

    /// <summary>Runs the model to its end.</summary>
    /// <exception cref="RefusalException">The model failed.</exception>
    internal async Task CompleteAsync()
    {
        while (await NextAsync().ConfigureAwait(false) is not null)
        {
        }
    }
}
