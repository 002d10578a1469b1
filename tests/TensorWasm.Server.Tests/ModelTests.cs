using System.ClientModel;
using System.Net;
using System.Text;
using OpenAI;
using OpenAI.Chat;

namespace TensorWasm.Server.Tests;

/// <summary>The OpenAI routes, driven by OpenAI's own client, with the sample model behind them.</summary>
public sealed class ModelTests
{
    /// <summary>A model whose records the test writes itself: it emits its whole input's text from byte 0 of its data.</summary>
    private static string Scripted(params string[] records)
    {
        var text = string.Concat(records.Select(record => record + "\n"));
        var data = string.Concat(Encoding.UTF8.GetBytes(text).Select(value => $"\\{value:x2}"));
        var length = Encoding.UTF8.GetByteCount(text);
        // In pieces of 7 bytes: records are cut anywhere.
        return $$"""
            (module
              (import "wasi:tensor/host" "emit-chunk" (func $emit (param i32 i32) (result i32)))
              (memory (export "memory") 2)
              (data (i32.const 0) "{{data}}")
              (func (export "generate") (export "embed") (result i32)
                (local $at i32) (local $n i32)
                (loop $again
                  (local.set $n (i32.sub (i32.const {{length}}) (local.get $at)))
                  (if (i32.gt_s (local.get $n) (i32.const 7)) (then (local.set $n (i32.const 7))))
                  (drop (call $emit (local.get $at) (local.get $n)))
                  (local.set $at (i32.add (local.get $at) (local.get $n)))
                  (br_if $again (i32.lt_s (local.get $at) (i32.const {{length}}))))
                (i32.const 0)))
            """;
    }

    private static async Task DeployAsync(TestGateway gateway, string wat, string model = "m") =>
        await gateway.DeployAsync(wat, settings: new { labels = new Dictionary<string, string> { ["model"] = model } });

    private static async Task<TestGateway> StartWithSampleAsync()
    {
        var gateway = await TestGateway.StartAsync();
        var module = await File.ReadAllBytesAsync(Samples.Path("wasm/textgen.wasm"), TestContext.Current.CancellationToken);
        var reply = await gateway.SendAsync("POST", "/functions", json: new
        {
            name = "textgen",
            wasm_b64 = Convert.ToBase64String(module),
            settings = new { labels = new Dictionary<string, string> { ["model"] = "textgen" } },
        });
        Assert.True(reply.Status == HttpStatusCode.OK, reply.Text);
        return gateway;
    }

    private static OpenAIClient Client(TestGateway gateway, string token = "one") => new(
        new ApiKeyCredential(token), new OpenAIClientOptions { Endpoint = new Uri(gateway.Host.Address, "v1") });

    [Fact]
    public async Task The_official_client_chats()
    {
        await using var gateway = await StartWithSampleAsync();
        var chat = Client(gateway).GetChatClient("textgen");
        var options = new ChatCompletionOptions { MaxOutputTokenCount = 40, Temperature = 0.5f, Seed = 7, IncludeLogProbabilities = true, TopLogProbabilityCount = 3 };
        ChatMessage[] messages = [new SystemChatMessage("Be brief."), new UserChatMessage("The engine")];
        var first = (await chat.CompleteChatAsync(messages, options, TestContext.Current.CancellationToken)).Value;
        Assert.Equal(ChatFinishReason.Length, first.FinishReason);
        Assert.Equal(40, first.Content[0].Text.Length);
        Assert.Equal(19, first.Usage.InputTokenCount);
        Assert.Equal(40, first.Usage.OutputTokenCount);
        Assert.Equal(59, first.Usage.TotalTokenCount);
        Assert.Equal(40, first.ContentTokenLogProbabilities.Count);
        Assert.Equal(3, first.ContentTokenLogProbabilities[0].TopLogProbabilities.Count);
        // The same seed gives the same text, and streamed the same again.
        var second = (await chat.CompleteChatAsync(messages, options, TestContext.Current.CancellationToken)).Value;
        Assert.Equal(first.Content[0].Text, second.Content[0].Text);
        var streamed = new StringBuilder();
        ChatFinishReason? reason = null;
        ChatTokenUsage? usage = null;
        await foreach (var update in chat.CompleteChatStreamingAsync(messages, options, TestContext.Current.CancellationToken))
        {
            foreach (var part in update.ContentUpdate) streamed.Append(part.Text);
            reason ??= update.FinishReason;
            usage ??= update.Usage;
        }
        Assert.Equal(first.Content[0].Text, streamed.ToString());
        Assert.Equal(ChatFinishReason.Length, reason);
        Assert.Equal(59, usage!.TotalTokenCount);
    }

    [Fact]
    public async Task The_official_client_lists_models_and_makes_embeddings()
    {
        await using var gateway = await StartWithSampleAsync();
        var client = Client(gateway);
        var models = (await client.GetOpenAIModelClient().GetModelsAsync(TestContext.Current.CancellationToken)).Value;
        Assert.Equal("textgen", Assert.Single(models).Id);
        Assert.Equal("textgen", (await client.GetOpenAIModelClient().GetModelAsync("textgen", TestContext.Current.CancellationToken)).Value.Id);
        Assert.Empty((await Client(gateway, "two").GetOpenAIModelClient().GetModelsAsync(TestContext.Current.CancellationToken)).Value);

        var embeddings = client.GetEmbeddingClient("textgen");
        var reply = (await embeddings.GenerateEmbeddingsAsync(
            ["a kernel", "a kernel", "tenants"], cancellationToken: TestContext.Current.CancellationToken)).Value;
        Assert.Equal(3, reply.Count);
        Assert.Equal(23, reply.Usage.InputTokenCount);
        Assert.Equal(192, reply[0].ToFloats().Length);
        Assert.Equal(1, reply[0].ToFloats().Span.ToArray().Sum(value => value * value), 3);
        Assert.Equal(reply[0].ToFloats().ToArray(), reply[1].ToFloats().ToArray());
        Assert.NotEqual(reply[0].ToFloats().ToArray(), reply[2].ToFloats().ToArray());
    }

    [Fact]
    public async Task Unknown_models_and_wrong_requests_have_all_four_keys()
    {
        await using var gateway = await TestGateway.StartAsync();
        await DeployAsync(gateway, Scripted("""{"token":"x"}"""));
        foreach (var (json, status, parameter, code) in ((string, int, string?, string)[])
            [("""{"model":"none","messages":[{"role":"user","content":"x"}]}""", 404, "model", "model_not_found"),
             ("""{"messages":[{"role":"user","content":"x"}]}""", 400, "model", "openai_invalid_request"),
             ("""{"model":"m","messages":[]}""", 400, "messages", "openai_invalid_request"),
             ("""{"model":"m","messages":[{"role":"user","content":"x"}],"temperature":3}""", 400, "temperature", "openai_invalid_request"),
             ("""{"model":"m","messages":[{"role":"user","content":"x"}],"n":0}""", 400, "n", "openai_invalid_request"),
             ("""{"model":"m","messages":[{"role":"robot","content":"x"}]}""", 400, "messages", "openai_invalid_request"),
             ("""{"model":"m","messages":[{"role":"user","content":"x"}],"response_format":"json"}""", 400, "response_format", "openai_invalid_request"),
             ("{", 400, null, "invalid_json")])
        {
            var reply = await gateway.SendAsync("POST", "/v1/chat/completions", json: json);
            Assert.Equal(status, (int)reply.Status);
            var error = reply.Json.GetProperty("error");
            Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(member => member.Name));
            Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
            Assert.Equal(parameter, error.GetProperty("param").GetString());
            Assert.Equal(code, error.GetProperty("code").GetString());
        }
        var unauthorized = await gateway.SendAsync("GET", "/v1/models", "wrong");
        Assert.Equal("invalid_api_key", unauthorized.Json.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Routes_and_dimensions_that_are_not_there_are_refused_in_OpenAI_s_form()
    {
        await using var gateway = await TestGateway.StartAsync();
        await DeployAsync(gateway, Scripted("""{"index":0,"embedding":[1,0]}"""));
        foreach (var (method, path, json, status, code) in ((string, string, object?, int, string)[])
            [("POST", "/v1/responses", new { model = "m" }, 404, "not_found"),
             ("GET", "/v1/chat/completions", null, 405, "method_not_allowed"),
             ("POST", "/v1/embeddings", new { model = "m", input = "x", dimensions = 3 }, 400, "openai_invalid_request")])
        {
            var reply = await gateway.SendAsync(method, path, json: json);
            Assert.Equal(status, (int)reply.Status);
            var error = reply.Json.GetProperty("error");
            Assert.Equal(["code", "message", "param", "type"], error.EnumerateObject().Select(member => member.Name).Order());
            Assert.Equal(code, error.GetProperty("code").GetString());
        }
        var fits = await gateway.SendAsync("POST", "/v1/embeddings", json: new { model = "m", input = "x", dimensions = 2 });
        Assert.Equal("[1,0]", fits.Json.GetProperty("data")[0].GetProperty("embedding").GetRawText());
    }

    [Fact]
    public async Task A_message_may_come_in_parts()
    {
        await using var gateway = await StartWithSampleAsync();
        async Task<string> ChatAsync(object content) => (await gateway.SendAsync("POST", "/v1/chat/completions", json: new
        {
            model = "textgen",
            seed = 1,
            max_tokens = 8,
            messages = new[] { new { role = "user", content } },
        })).Json.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;

        object[] parts = [new { type = "text", text = "The " }, new { type = "image_url", image_url = new { url = "x" } }, new { type = "text", text = "engine" }];
        Assert.Equal(await ChatAsync("The engine"), await ChatAsync(parts));
    }

    [Fact]
    public async Task Stop_strings_end_the_text_even_across_tokens()
    {
        await using var gateway = await TestGateway.StartAsync();
        await DeployAsync(gateway, Scripted(
            """{"prompt_tokens":3}""", """{"token":"one "}""", """{"token":"EN"}""", """{"token":"D"}""", """{"token":" never"}"""));
        var reply = (await gateway.SendAsync("POST", "/v1/completions", json: """{"model":"m","prompt":"p","stop":["END","XX"]}""")).Json;
        var choice = reply.GetProperty("choices")[0];
        Assert.Equal("one ", choice.GetProperty("text").GetString());
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        Assert.Equal("""{"prompt_tokens":3,"completion_tokens":3,"total_tokens":6}""", reply.GetProperty("usage").GetRawText());
        // What only began like a stop string comes in the end.
        reply = (await gateway.SendAsync("POST", "/v1/completions", json: """{"model":"m","prompt":"p","stop":"never again","echo":true}""")).Json;
        Assert.Equal("pone END never", reply.GetProperty("choices")[0].GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_stream_has_OpenAI_s_frames()
    {
        await using var gateway = await TestGateway.StartAsync();
        await DeployAsync(gateway, Scripted("""{"prompt_tokens":2}""", """{"token":"h\u00e4"}""", """{"finish":"stop"}"""));
        var reply = await gateway.SendAsync("POST", "/v1/chat/completions", json:
            """{"model":"m","messages":[{"role":"user","content":"x"}],"stream":true,"stream_options":{"include_usage":true}}""");
        Assert.Equal("text/event-stream", reply.ContentHeaders.ContentType!.ToString());
        var events = reply.Text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.All(events, data => Assert.StartsWith("data: ", data));
        Assert.Equal(5, events.Length);
        Assert.EndsWith(
            """choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],"usage":null}""", events[0]);
        Assert.EndsWith(
            """choices":[{"index":0,"delta":{"content":"hä"},"logprobs":null,"finish_reason":null}],"usage":null}""", events[1]);
        Assert.EndsWith("""choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}""", events[2]);
        Assert.EndsWith("""choices":[],"usage":{"prompt_tokens":2,"completion_tokens":1,"total_tokens":3}}""", events[3]);
        Assert.Equal("data: [DONE]", events[4]);
    }

    [Fact]
    public async Task Tools_choices_and_refusals_come_through()
    {
        await using var gateway = await TestGateway.StartAsync();
        await DeployAsync(gateway, Scripted(
            """{"index":0,"tool_call":{"id":"c1","name":"f","arguments":"{\"a\":1}"}}""",
            """{"index":0,"finish":"stop"}"""), "tools");
        var chat = Client(gateway).GetChatClient("tools");
        var reply = (await chat.CompleteChatAsync([new UserChatMessage("x")], cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(ChatFinishReason.ToolCalls, reply.Value.FinishReason);
        Assert.Equal("f", reply.Value.ToolCalls[0].FunctionName);
        Assert.Equal("""{"a":1}""", reply.Value.ToolCalls[0].FunctionArguments.ToString());
        await DeployAsync(gateway, Scripted("""{"index":1,"token":"text"}""", """{"index":0,"token":""}"""), "two");
        var both = (await gateway.SendAsync("POST", "/v1/chat/completions", json:
            """{"model":"two","messages":[{"role":"user","content":"x"}],"n":2}""")).Json.GetProperty("choices");
        Assert.Equal("text", both[1].GetProperty("message").GetProperty("content").GetString());

        await DeployAsync(gateway, Scripted("""{"error":{"message":"too long","code":"context_length_exceeded","param":"messages"}}"""), "refuses");
        var refused = await gateway.SendAsync("POST", "/v1/chat/completions", json:
            """{"model":"refuses","messages":[{"role":"user","content":"x"}],"stream":true}""");
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Equal("context_length_exceeded", refused.Json.GetProperty("error").GetProperty("code").GetString());
        await DeployAsync(gateway, Scripted("nonsense"), "wrong");
        var wrong = await gateway.SendAsync("POST", "/v1/completions", json: """{"model":"wrong","prompt":"x"}""");
        Assert.Equal(HttpStatusCode.InternalServerError, wrong.Status);
        Assert.Equal("server_error", wrong.Json.GetProperty("error").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Completions_take_every_form_of_prompt()
    {
        await using var gateway = await StartWithSampleAsync();
        var two = (await gateway.SendAsync("POST", "/v1/completions", json:
            """{"model":"textgen","prompt":["The ","A "],"n":2,"max_tokens":5,"seed":1,"logprobs":2}""")).Json;
        Assert.Equal([0, 1, 2, 3], two.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("index").GetInt32()));
        Assert.Equal("""{"prompt_tokens":6,"completion_tokens":20,"total_tokens":26}""", two.GetProperty("usage").GetRawText());
        Assert.Equal(5, two.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("tokens").GetArrayLength());
        var tokens = await gateway.SendAsync("POST", "/v1/completions", json: """{"model":"textgen","prompt":[1,2,3]}""");
        Assert.Equal(HttpStatusCode.BadRequest, tokens.Status);
        Assert.Contains("token ids", tokens.Text);
    }
}
