namespace TensorWasm.Wasm.Text;

/// <summary>Parses scripts.</summary>
internal sealed partial class ScriptParser(TokenReader reader)
{
    // Threads in threads: the parser's own stack is all that bounds them otherwise.
    private const int MaxThreadDepth = 100;

    public static List<ScriptCommand> Parse(SourceText source)
    {
        var reader = new TokenReader(source);
        if (reader.Kind == TokenKind.Open && ModuleParser.FieldOf(reader, reader.Ahead) is not null)
        {
            return [new ModuleCommand(source.Locate(reader.Current.Start).Line, ScriptModule.ParseFields(reader))];
        }
        var parser = new ScriptParser(reader);
        var commands = new List<ScriptCommand>();
        while (reader.Kind != TokenKind.End) commands.Add(parser.ParseCommand(depth: 0));
        return commands;
    }

    private ScriptCommand ParseCommand(int depth)
    {
        var line = reader.Source.Locate(reader.Current.Start).Line;
        if (reader.AtOpen("invoke"u8) || reader.AtOpen("get"u8)) return new ActionCommand(line, ParseAction());
        reader.Open();
        if (reader.Kind != TokenKind.Keyword) throw reader.Unexpected();
        var word = reader.Current;
        reader.Advance();
        switch (reader.TextOf(word))
        {
            case "module":
                return ParseModuleCommand(line);
            case "register":
                var name = reader.Name();
                return Close(new RegisterCommand(line, name, reader.TryIdentifier()));
            case "assert_return":
                var action = ParseAction();
                var results = new List<ScriptResult>();
                while (reader.Kind != TokenKind.Close) results.Add(ParseResult());
                return Close(new AssertReturnCommand(line, action, results));
            case "assert_trap" when reader.AtOpen("module"u8):
                return ParseAssertModule(line, ScriptModuleFault.Trap);
            case "assert_trap":
                return Close(new AssertFailureCommand(line, ParseAction(), ScriptFailure.Trap, reader.Name()));
            case "assert_exhaustion":
                return Close(new AssertFailureCommand(line, ParseAction(), ScriptFailure.Exhaustion, reader.Name()));
            case "assert_exception":
                return Close(new AssertFailureCommand(line, ParseAction(), ScriptFailure.Exception, ""));
            case "assert_malformed":
                return ParseAssertModule(line, ScriptModuleFault.Malformed);
            case "assert_malformed_custom":
                return ParseAssertModule(line, ScriptModuleFault.MalformedCustom);
            case "assert_invalid":
                return ParseAssertModule(line, ScriptModuleFault.Invalid);
            case "assert_invalid_custom":
                return ParseAssertModule(line, ScriptModuleFault.InvalidCustom);
            case "assert_unlinkable":
                return ParseAssertModule(line, ScriptModuleFault.Unlinkable);
            case "thread" when depth < MaxThreadDepth:
                return ParseThread(line, depth);
            case "wait":
                return Close(new WaitCommand(line, reader.IdentifierName(reader.Expect(TokenKind.Identifier))));
            default:
                throw reader.Unexpected(word);
        }
    }

    private T Close<T>(T command)
    {
        reader.Close();
        return command;
    }

    private ScriptCommand ParseModuleCommand(int line)
    {
        if (!reader.TryKeyword("instance"u8)) return new ModuleCommand(line, ScriptModule.Parse(reader));
        var first = reader.TryIdentifier();
        var second = reader.TryIdentifier();

        // One identifier alone names the definition.
        return Close(new InstanceCommand(line, second is null ? null : first, second ?? first));
    }

    private AssertModuleCommand ParseAssertModule(int line, ScriptModuleFault fault)
    {
        reader.Open("module"u8);
        var module = ScriptModule.Parse(reader);
        return Close(new AssertModuleCommand(line, module, fault, reader.Name()));
    }

    private ThreadCommand ParseThread(int line, int depth)
    {
        var name = reader.TryIdentifier();
        string? shared = null;
        if (reader.TryOpen("shared"u8))
        {
            reader.Open("module"u8);
            shared = reader.TryIdentifier();
            reader.Close();
            reader.Close();
        }
        var commands = new List<ScriptCommand>();
        while (reader.Kind != TokenKind.Close) commands.Add(ParseCommand(depth + 1));
        return Close(new ThreadCommand(line, name, shared, commands));
    }

    private ScriptAction ParseAction()
    {
        if (reader.TryOpen("get"u8))
        {
            var instance = reader.TryIdentifier();
            return Close(new GetAction(instance, reader.Name()));
        }
        reader.Open("invoke"u8);
        var module = reader.TryIdentifier();
        var name = reader.Name();
        var arguments = new List<ScriptValue>();
        while (reader.Kind != TokenKind.Close) arguments.Add(ParseValue());
        return Close(new InvokeAction(module, name, arguments));
    }
}
